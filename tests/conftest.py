"""Threads and PyTensor's flags are set before NumPy is imported, as the program does."""

from hierbench.environment import prepare

prepare()
