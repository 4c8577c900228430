"""The columns of JSON: an object of values as posteriordb's data are, or a list of records."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from hierbench.errors import DataError
from hierbench.tables.column import Column, Unusable, Values
from hierbench.tables.content import BYTES_PER_MIB
from hierbench.tables.entries import INT64, objects
from hierbench.tables.found import Found, named_columns

__all__ = ["json_columns"]

MOST_BYTES = 2**27
"""In memory a list of numbers takes up to fifty times as much."""

MOST_DIMS = 12
SHAPES = (
    'a table is {"y": [1.5, 2.5], "group": ["a", "b"]} or [{"y": 1.5, "group": "a"}, ...]; '
    "write it so"
)


class Twice(ValueError):
    """A name that stands twice in one object."""


def json_columns(path: Path, data: bytes) -> Found:
    """Return the values of a JSON file by name.

    Raises
    ------
    DataError
        It is not JSON, or no object of values or list of records.
    """
    content = parsed(path, data)
    if isinstance(content, list):
        content = columns_of_records(path, content)
    if not isinstance(content, dict) or not content:
        raise DataError(f"{path} holds {shown(content)}; {SHAPES}")
    names = list(content)
    return named_columns(
        path, names, range(len(names)), lambda where, at: column_of(where, content[names[at]])
    )


def parsed(path: Path, data: bytes) -> Any:
    """Return the content of JSON text of a bounded size."""
    if len(data) > MOST_BYTES:
        raise DataError(
            f"{path} has {len(data) // BYTES_PER_MIB:,} MiB of JSON, over the "
            f"{MOST_BYTES // BYTES_PER_MIB} allowed; write it as Parquet or CSV"
        )
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=without_twice)
    except Twice as err:
        raise DataError(f"{path} has '{err}' twice; every name may stand once; rename one") from err
    except (ValueError, RecursionError) as err:
        raise DataError(f"{path} is not JSON ({err}); write it anew as UTF-8 JSON") from err


def without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; ValueError if a name stands twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Twice(name)
        found[name] = value
    return found


def columns_of_records(path: Path, records: list[Any]) -> dict[str, list[Any]]:
    """Return the values of each name; None where a record does not have it."""
    for row, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise DataError(f"{path}: row {row} is {shown(record)} and no record; {SHAPES}")
    names = dict.fromkeys(name for record in records for name in record)
    return {name: [record.get(name) for record in records] for name in names}


def column_of(where: str, value: Any) -> Column:
    """Return the column of a number, a text, or a list of either, nested to any even shape."""
    shape: list[int] = []
    level = [value]
    while any(isinstance(one, list) for one in level):
        if len({len(one) if isinstance(one, list) else -1 for one in level}) > 1:
            return Unusable(f"{where} has lists of different lengths; fill them up to one shape")
        shape.append(len(level[0]))
        level = [item for one in level for item in one]
        if len(shape) > MOST_DIMS:
            return Unusable(f"{where} has over {MOST_DIMS} dimensions; that many are allowed")
    return flat_column(where, level, tuple(shape))


def flat_column(where: str, flat: list[Any], shape: tuple[int, ...]) -> Column:
    """Return the column of plain values of one type, None among them, in this shape."""
    types = {type(one) for one in flat if one is not None}
    missing = np.array([one is None for one in flat], dtype=bool).reshape(shape)
    if types == {str}:
        return Values(where, objects(flat, shape), missing)
    if types <= {int, float} or types == {bool}:
        return number_column(where, flat, shape)
    if types <= {int, float, str, bool}:
        words = ", ".join(sorted(WORDS[one] for one in types))
        odd = minority(flat)
        return Unusable(
            f"{where} mixes {words}, as {shown(flat[odd])} in row {row_of(odd, shape)}; a column "
            "is all numbers or all text; write it so"
        )
    return Unusable(
        f"{where} holds {shown_type(types)}; a column is a list of numbers or "
        "of texts; with pandas, frame.to_json(path, orient='records')"
    )


def number_column(where: str, flat: list[Any], shape: tuple[int, ...]) -> Column:
    """Return the column of numbers: int64 if all are whole, else float64 with NaN for None."""
    if flat and all(type(one) in (int, bool) for one in flat):
        for at, one in enumerate(flat):
            if not INT64.min <= one <= INT64.max:
                digits = str(one) if abs(one) < 10**40 else "a number of over 40 digits"
                return Unusable(
                    f"{where} holds {digits} in row {row_of(at, shape)}, beyond 64 bits; write "
                    "identifiers as text"
                )
        whole = np.array(flat, dtype=np.int64).reshape(shape)
        return Values(where, whole, np.zeros(shape, dtype=bool))
    try:
        values = np.array([np.nan if one is None else one for one in flat], dtype=np.float64)
    except OverflowError:
        return Unusable(f"{where} holds a whole number over 1e308; write it as text")
    values = values.reshape(shape)
    return Values(where, values, np.isnan(values))


def minority(flat: list[Any]) -> int:
    """Return the index of the first value of the type that is rarest."""
    found: dict[bool, list[int]] = {True: [], False: []}
    for at, one in enumerate(flat):
        if one is not None:
            found[isinstance(one, str)].append(at)
    kept: Iterable[list[int]] = (places for places in found.values() if places)
    return min(kept, key=len)[0]


def row_of(at: int, shape: tuple[int, ...]) -> str:
    """Return the place of a value in an array of this shape, counted from 1."""
    return ", ".join(str(int(one) + 1) for one in np.unravel_index(at, shape))


WORDS: dict[type, str] = {
    bool: "true and false",
    dict: "objects",
    float: "numbers",
    int: "whole numbers",
    list: "lists",
    str: "text",
}


def shown_type(types: set[type]) -> str:
    """Return in words what a column holds that is no value."""
    return ", ".join(sorted(WORDS[one] for one in types))


def shown(value: Any) -> str:
    """Return a value in a few characters, a container in words."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)} items"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
