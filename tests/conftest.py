"""Threads and PyTensor's flags are set before NumPy is imported, as the program does."""

import signal

from threadpoolctl import threadpool_limits

from hierbench.environment import prepare

prepare()
threadpool_limits(1)  # of the libraries that a plugin of pytest has imported before

# What a shell starts in the background, and all that it starts itself, would ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
