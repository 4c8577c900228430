"""Where tables and progress are printed to; light to import."""

import os
import sys
from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from hierbench.shown import printable, redacted

__all__ = ["console", "no_console"]


class Output(Console):
    """Standard output or standard error; what is printed there has no password and steers nothing.

    Where its reader has left, the rest goes nowhere and the verb goes on.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        """Return what rich makes of a text, of a table's cell too."""
        return super().render_str(printable(redacted(text), lines=True), **options)

    def on_broken_pipe(self) -> None:
        """Go quiet: rich would exit with 1, which says that the answer is bad."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def console(*, stderr: bool = False) -> Console:
    """Return a console on standard output, 100 columns wide where it is no terminal."""
    out = Output(highlight=False, markup=False, emoji=False, stderr=stderr)
    if out.is_terminal or stderr:
        return out
    return Output(highlight=False, markup=False, emoji=False, width=100)


def no_console() -> Console:
    """Return a console whose text goes nowhere."""
    return Output(file=StringIO(), force_terminal=False, force_jupyter=False)
