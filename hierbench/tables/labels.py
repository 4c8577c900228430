"""What is wrong or doubtful in the texts of a column."""

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["UNUSABLE", "alike_sentence"]

UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, changes of writing direction, and halves of a character."""

NAMED = 3


def alike_sentence(what: str, labels: Iterable[str]) -> str | None:
    """Return a sentence on labels that differ by blanks or case alone; None if there are none.

    Parameters
    ----------
    what : str
        Whose labels they are.

    >>> print(alike_sentence("towns", ["Ulm", "ulm ", "Bonn"]))
    towns: 'Ulm', 'ulm ' differ by blanks or case alone and count as different labels; \
write them alike if they are one
    """
    found: dict[str, dict[str, None]] = {}
    for label in dict.fromkeys(labels):
        found.setdefault(key_of(label), {})[label] = None
    groups = [", ".join(map(repr, alike)) for alike in found.values() if len(alike) > 1]
    if not groups:
        return None
    more = f"; and {len(groups) - NAMED} more" if len(groups) > NAMED else ""
    return (
        f"{what}: {'; '.join(groups[:NAMED])}{more} differ by blanks or case alone and "
        "count as different labels; write them alike if they are one"
    )


def key_of(label: str) -> str:
    """Return what labels that look alike have in common."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())
