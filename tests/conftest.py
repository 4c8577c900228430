"""Threads and PyTensor's flags are set before NumPy is imported, as the program does."""

from threadpoolctl import threadpool_limits

from hierbench.environment import prepare

prepare()
threadpool_limits(1)  # of the libraries that a plugin of pytest has imported before
