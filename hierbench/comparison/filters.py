"""Conditions on cells, such as ``data=sacramento prior.scale>=1``."""

import difflib
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.comparison.cells import is_number
from hierbench.errors import ConfigError

__all__ = ["where"]

CONDITION = re.compile(r"(?P<name>[\w.]+)(?P<sign>>=|<=|!=|=|>|<)(?P<value>.+)")
SIZES: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def where(cells: pd.DataFrame, conditions: Sequence[str]) -> pd.DataFrame:
    """Return the `cells` that meet every condition.

    A condition is a column, one of = != >= <= > < and a value; = and != take several values, by
    commas, and compare numbers by value: ``prior.scale=1.0`` finds 1.

    Raises
    ------
    ConfigError
        If a condition cannot be read, names no column, or no cell meets all.
    """
    kept = cells
    for condition in (part for text in conditions for part in text.split()):
        kept = kept[meets(kept, condition)]
        if kept.empty:
            raise ConfigError(
                f"--where {condition}: no cell of the {len(cells)} is left; ask for less"
            )
    return kept.reset_index(drop=True)


def meets(cells: pd.DataFrame, condition: str) -> NDArray[np.bool_]:
    """Return which of `cells` meet one condition."""
    found = CONDITION.fullmatch(condition)
    if found is None:
        raise ConfigError(
            f"--where {condition}: not a condition; write KEY=VALUE, with = != >= <= > or <"
        )
    name, sign, value = found["name"], found["sign"], found["value"]
    if name not in cells:
        near = difflib.get_close_matches(name, [str(column) for column in cells], n=1)
        hint = f"did you mean {near[0]}?" if near else "`hierbench compare --csv` shows all"
        raise ConfigError(f"--where {condition}: the cells have no {name}; {hint}")
    column = cells[name]
    if sign in SIZES:
        return sized(column, condition, SIZES[sign], value)
    wanted = value.split(",")
    same = np.asarray(column.astype(str).isin(wanted))
    numbers = [number for number in map(as_number, wanted) if number is not None]
    same = same | np.isin(numeric(column), numbers)
    return same if sign == "=" else ~same


def sized(
    column: "pd.Series[str]", condition: str, compare: Callable[[Any, Any], Any], text: str
) -> NDArray[np.bool_]:
    """Return where a column of numbers compares to a number; what is no number never does."""
    bound = as_number(text)
    values = numeric(column)
    if bound is None or np.isnan(values).all():
        raise ConfigError(
            f"--where {condition}: not numbers; use = or != for words, or a key that has numbers"
        )
    return np.asarray(compare(values, bound))


def numeric(column: "pd.Series[str]") -> NDArray[np.float64]:
    """Return a column as numbers, NaN where it has none."""
    if is_number(column):  # type: ignore[arg-type]
        return column.to_numpy(dtype=np.float64)
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


def as_number(text: str) -> float | None:
    """Return the number that `text` is, None where it is none."""
    try:
        return float(text)
    except ValueError:
        return None
