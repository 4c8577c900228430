"""Imported first in the workers' server: nothing that follows is garbage, so nothing is collected.

Collections would walk all that is imported so far, a sixth of the time of the imports. Workers
collect after each cell.
"""

import gc
import sys

__all__ = ["is_server"]


def is_server() -> bool:
    """Return whether this process is the server of multiprocessing, or was forked from it."""
    return any("multiprocessing.forkserver" in word for word in sys.orig_argv)


if is_server():  # not in a test that imports every module
    gc.disable()
