"""Where tables are printed to; light to import."""

import os
import sys

from rich.console import Console

__all__ = ["console"]


class Output(Console):
    """Standard output; where its reader has left, the rest goes nowhere and the verb goes on."""

    def on_broken_pipe(self) -> None:
        """Go quiet: rich would exit with 1, which says that the answer is bad."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def console() -> Console:
    """Return a console on standard output, 100 columns wide where it is no terminal."""
    out = Output(highlight=False, markup=False)
    return out if out.is_terminal else Output(highlight=False, markup=False, width=100)
