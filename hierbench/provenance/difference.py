"""What differs between two records, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["differences"]

NOTHING = "nothing"


def differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a phrase for each leaf that differs, by its dotted name.

    >>> differences({"packages": {"pymc": "6.4.0"}}, {"packages": {"pymc": "6.4.1"}})
    ['packages.pymc 6.4.0 -> 6.4.1']
    """
    return list(_walk("", recorded, now))


def _walk(name: str, recorded: Any, now: Any) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*recorded, *now)):
            yield from _walk(f"{name}.{key}".lstrip("."), recorded.get(key), now.get(key))
    elif recorded != now:
        yield f"{name} {shown(recorded)} -> {shown(now)}"


def shown(value: Any) -> str:
    """Return a leaf as people read it: hashes by their first digits, long texts cut."""
    text = NOTHING if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:12]}..."
