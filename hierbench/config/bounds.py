"""How much a command line may ask for, checked before Hydra expands it."""

import math
from collections.abc import Iterable

from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, RangeSweep, Sweep

from hierbench.config.scales import as_typed
from hierbench.errors import ConfigError

__all__ = ["check_count", "check_size", "shortened"]

MOST_CELLS = 100_000
LONGEST = 100_000
DEEPEST = 20
SHOWN = 60


def check_size(text: str) -> None:
    """Raise ConfigError for an override that is too long, or too deep, for Hydra to parse."""
    if len(text) > LONGEST:
        raise ConfigError(
            f"{shortened(text)}: an override of {len(text)} characters; at most {LONGEST} are "
            "allowed; write it in an experiment's file"
        )
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if depth > DEEPEST:
            raise ConfigError(
                f"{shortened(text)}: more than {DEEPEST} brackets inside each other; hierbench's "
                "values need one or two"
            )


def check_count(overrides: Iterable[Override]) -> None:
    """Raise ConfigError for a sweep of too many cells, or of what is no plain list of values."""
    cells = 1.0
    for override in overrides:
        if not override.is_sweep_override():
            continue
        text = shortened(as_typed(str(override.input_line)))
        count = values_of(override)
        if count is None:
            raise ConfigError(
                f"{text}: not a list of values; write key=a,b,c or key=range(1,4) in a sweep"
            )
        if has_sweep_inside(override):
            raise ConfigError(
                f"{text}: a function among other values; write all values out, as in key=a,b,c, "
                "or give the function alone"
            )
        cells *= max(count, 1)
        if cells > MOST_CELLS:
            raise ConfigError(
                f"{text}: {count:.6g} values; a sweep has at most {MOST_CELLS} cells; give fewer"
            )


def has_sweep_inside(override: Override) -> bool:
    """Return whether one value of a list, as in ``1,range(3)``, stands for several."""
    value = override.value()
    return isinstance(value, ChoiceSweep) and any(
        isinstance(item, Sweep | Glob) for item in value.list
    )


def values_of(override: Override) -> float | None:
    """Return how many values an override gives a key; None where they cannot be counted."""
    value = override.value()
    if isinstance(value, ChoiceSweep):
        return len(value.list)
    if isinstance(value, RangeSweep):
        try:
            start, stop, step = (float(end or 0) for end in (value.start, value.stop, value.step))
        except OverflowError:
            return None
        if step == 0 or not all(map(math.isfinite, (start, stop, step))):
            return None
        return max(0.0, (stop - start) / step)
    return 1 if override.is_discrete_sweep() else None


def shortened(text: str) -> str:
    """Return the start of a long text."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
