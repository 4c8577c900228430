"""Chains as forked processes that end with the process that forked them; Linux alone."""

import ctypes
import os
import signal
import sys
from multiprocessing.context import BaseContext, ForkContext, ForkProcess

__all__ = ["CONTEXT"]

PR_SET_PDEATHSIG = 1  # prctl(2)


class Chain(ForkProcess):
    """A forked process that is killed when the thread that forked it ends.

    A chain waits for its parent's word on a pipe whose other end its siblings hold open too: of a
    parent that was killed none of them would ever hear.
    """

    def run(self) -> None:
        """Run what the process was made for."""
        parent = self._parent_pid  # type: ignore[attr-defined]
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:  # else it ended before it could be told of
            super().run()


class Context(ForkContext):
    """Forks `Chain`."""

    Process = Chain


CONTEXT: BaseContext | None = Context() if sys.platform == "linux" else None
"""None leaves the choice to PyMC."""
