"""Text put into Markdown so that it stays text: no table cell, tag, link or heading of its own."""

import re

__all__ = ["code", "inline", "paragraph"]

SPECIAL = re.compile(r"[\\`*|]|(?<!\w)_|_(?!\w)|(?<=\])\(")
"""Underscores inside a word mark nothing."""
TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#|\w+;)")
START = re.compile(r"^\s*(\d*)([#>+=~.)-])")


def inline(text: str) -> str:
    r"""Return `text` so that Markdown shows it as it is, in one line or one cell of a table.

    >>> inline("a|b"), inline("<b>x</b>"), inline("r_hat_max <0.01")
    ('a\\|b', '&lt;b>x&lt;/b>', 'r_hat_max <0.01')
    """
    text = ENTITY.sub("&amp;", " ".join(text.splitlines()))
    return TAG.sub("&lt;", SPECIAL.sub(r"\\\g<0>", text))


def code(text: str) -> str:
    """Return `text` as code, fenced by more backticks than it holds in a row.

    >>> code("hierbench ui"), code("a`b")
    ('`hierbench ui`', '`` a`b ``')
    """
    text = " ".join(text.splitlines())
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"


def paragraph(text: str) -> str:
    r"""Return a sentence of ours, in which code stands between backticks, with the rest as it is.

    A text that is indented is a command and stays as it is.

    >>> paragraph("see `hierbench ui`: a|b"), paragraph("    hierbench ui"), paragraph("# a")
    ('see `hierbench ui`: a\\|b', '    hierbench ui', '\\# a')
    """
    text = " ".join(text.splitlines())
    if text.startswith("    "):
        return text
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return begun(inline(text))
    shown = (f"`{part}`" if i % 2 else inline(part) for i, part in enumerate(parts))
    return begun("".join(shown))


def begun(text: str) -> str:
    """Return a paragraph with a backslash before what would make it a heading or a list."""
    return START.sub(r"\1\\\2", text)
