"""Chains as forked processes that end with the process that forked them; Linux alone."""

import sys
from multiprocessing.context import BaseContext, ForkContext, ForkProcess

from hierbench.stops import default_again
from hierbench.tether import killed_with_parent

__all__ = ["CONTEXT"]


class Chain(ForkProcess):
    """A forked process that is killed when the thread that forked it ends.

    A chain waits for its parent's word on a pipe whose other end its siblings hold open too: of a
    parent that was killed none of them would ever hear.
    """

    def run(self) -> None:
        """Run what the process was made for."""
        killed_with_parent(self._parent_pid)  # type: ignore[attr-defined]
        default_again()
        super().run()


class Context(ForkContext):
    """Forks `Chain`."""

    Process = Chain


CONTEXT: BaseContext | None = Context() if sys.platform == "linux" else None
"""None leaves the choice to PyMC."""
