"""Prior scales by parameter: what a user types as `prior.tau=2` is `prior.scales.tau` to Hydra.

The schema cannot name the parameters of every model, so they are the names of a mapping, and
Hydra adds a name to a mapping only where the override begins with ``++``.
"""

import re
from collections.abc import Sequence
from dataclasses import fields

from hierbench.config.schema import DataConfig, PriorConfig

__all__ = ["as_typed", "is_scale", "rewritten"]

KEYS = {
    group: frozenset(field.name for field in fields(kind))
    for group, kind in (("prior", PriorConfig), ("data", DataConfig))
}
TYPED = re.compile(r"\+{0,2}(prior|data)\.(?:scales\.)?([^\W\d]\w*)=(.*)", re.DOTALL)
REWRITTEN = re.compile(r"(?:\+\+)?\b(prior|data)\.scales\.(?=[^\W\d])")
NUMBERS = re.compile(
    r"[-+]?(?:\.?\d|\.?(?:nan|inf)\b)|(?:range|choice|interval|sort|shuffle|tag)\(", re.IGNORECASE
)
"""How the value of a scale begins; `data.pth=homes.csv` is a mistyped key, and not a scale."""


def rewritten(overrides: Sequence[str]) -> list[str]:
    """Return `overrides` with every prior scale as a member of its group's mapping.

    >>> rewritten(["prior.tau=1,2", "prior.scale=2", "data.rows=60", "data.mu=1"])
    ['++prior.scales.tau=1,2', 'prior.scale=2', 'data.rows=60', '++data.scales.mu=1']
    """
    return [of_mapping(text) for text in overrides]


def of_mapping(text: str) -> str:
    """Return one override as `rewritten` does."""
    found = TYPED.fullmatch(text)
    if found is None:
        return text
    group, name, value = found.groups()
    if name in KEYS[group] or (group == "data" and not NUMBERS.match(value)):
        return text
    return f"++{group}.scales.{name}={value}"


def as_typed(text: str) -> str:
    """Return an override or a sentence with prior scales as a user types them.

    >>> as_typed("++prior.scales.tau=1,2"), as_typed("prior.scales.tau: no number")
    ('prior.tau=1,2', 'prior.tau: no number')
    """
    return REWRITTEN.sub(r"\1.", text)


def is_scale(key: str) -> bool:
    """Return whether `key` can be a prior scale as a user types it.

    >>> is_scale("prior.tau"), is_scale("prior.scale"), is_scale("prior.a b")
    (True, False, False)
    """
    group, _, name = key.partition(".")
    return group in KEYS and name.isidentifier() and name not in KEYS[group]
