"""Answers to Hydra's own questions, in place of a fit."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from hierbench.config.compose import answer
from hierbench.shown import say
from hierbench.sweeps.omitted import with_own

__all__ = ["answered"]


def answered(words: Sequence[str]) -> int:
    """Let Hydra answer its own question, and return the exit code."""
    said, complained = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(complained):
            answer([*words, *own_choices(words)])
    finally:
        for text, file in ((said, sys.stdout), (complained, sys.stderr)):
            if text.getvalue():
                say(text.getvalue().removesuffix("\n"), file=file)
    return 0


def own_choices(words: Sequence[str]) -> list[str]:
    """Return the overrides that a fit of `words` would have beside them."""
    overrides = [word for word in words if "=" in word and word[0] != "-"]
    return [text for text in with_own(overrides) if text not in overrides]
