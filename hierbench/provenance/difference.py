"""What differs between two records, in words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hierbench.shown import printable

__all__ = ["differences"]

NOTHING = "nothing"
HASH = re.compile("[0-9a-f]{32,}")
LONGEST = 120


def differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a phrase for each leaf that differs, by its dotted name.

    Of lists, what is there no more and what is new. Text comes from a store that is not
    trusted: nothing in a phrase can steer a terminal.

    >>> differences({"packages": {"pymc": "6.4.0"}}, {"packages": {"pymc": "6.4.1"}})
    ['packages.pymc 6.4.0 -> 6.4.1']
    >>> differences({"features": ["amx", "avx"]}, {"features": ["avx", "sse"]})
    ['features -amx +sse']
    """
    return [printable(phrase) for phrase in _walk("", recorded, now)]


def _walk(name: str, recorded: Any, now: Any) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*recorded, *now)):
            yield from _walk(f"{name}.{key}".lstrip("."), recorded.get(key), now.get(key))
    elif isinstance(recorded, list) and isinstance(now, list):
        gone = [f"-{shown(item)}" for item in recorded if item not in now]
        new = [f"+{shown(item)}" for item in now if item not in recorded]
        if recorded != now:
            yield " ".join((name, *(gone + new or ["in another order"])))
    elif recorded != now:
        yield f"{name} {shown(recorded)} -> {shown(now)}"


def shown(value: Any) -> str:
    """Return a leaf as people read it: hashes by their first digits, long texts cut."""
    text = NOTHING if value is None else str(value)
    if HASH.fullmatch(text):
        return f"{text[:12]}..."
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
