"""A list of labels as one text, and back."""

import re
from collections.abc import Sequence

__all__ = ["joined", "split"]

EMPTY = "\\e"
"""An empty label; an empty text is an empty list."""


def joined(labels: Sequence[str]) -> str:
    r"""Return `labels` as one text, commas between them; a comma in a label has a backslash.

    >>> joined(["01067", "a, b"]), joined([])
    ('01067,a\\, b', '')
    """
    return ",".join(re.sub(r"([\\,])", r"\\\1", label) or EMPTY for label in labels)


def split(text: str) -> list[str]:
    r"""Return the labels that `joined` made a text of.

    >>> split("01067,a\\, b"), split("")
    (['01067', 'a, b'], [])
    """
    if not text:
        return []
    found = re.findall(r"((?:\\.|[^\\,])*)(?:,|$)", text + ",", re.DOTALL)[:-1]
    return [
        "" if label == EMPTY else re.sub(r"\\(.)", r"\1", label, flags=re.DOTALL) for label in found
    ]
