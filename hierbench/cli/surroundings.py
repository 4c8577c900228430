"""The streams that a verb prints on: they take every character."""

import codecs
import sys

__all__ = ["degrade_streams", "shortened"]

PLAIN = {
    "·": "-",
    "×": "x",
    "µ": "u",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
    "±": "+/-",
    "≥": ">=",
    "≤": "<=",
    "→": "->",
    "█": "#",
    "▌": "|",
    "─": "-",
    "━": "-",
    "│": "|",
}
"""What stands for a character where the stream's encoding does not have it."""

NAME = "hierbench_plain"
LONGEST = 4000
"""Characters of an error."""


def plain(error: UnicodeError) -> tuple[str, int]:
    """Return a codec's replacement of characters that it cannot encode."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(PLAIN.get(char, "?") for char in text), error.end


def shortened(text: str) -> str:
    """Return `text`, its middle left out where a value of any length stands in it.

    >>> shortened("short")
    'short'
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


def degrade_streams() -> None:
    """Let standard output and error take every character: one that they lack is replaced."""
    codecs.register_error(NAME, plain)
    for stream in (sys.stdout, sys.stderr):
        # A test's or a notebook's stream may be another object, which takes every character.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=NAME)
