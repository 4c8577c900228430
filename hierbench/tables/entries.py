"""The entries of a column: what is a number, what is missing, and how a bad one is named."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.errors import DataError
from hierbench.tables.labels import UNUSABLE

__all__ = [
    "CODE",
    "INT64",
    "LARGEST",
    "MISSING",
    "WHOLE",
    "WHOLES",
    "Mask",
    "Place",
    "as_text",
    "finite",
    "is_code",
    "objects",
    "parsed",
    "refuse",
    "refuse_unusable",
]

type Mask = NDArray[np.bool_]
type Place = Callable[[tuple[int, ...]], str]

LARGEST = float(np.finfo(np.float64).max)
INT64 = np.iinfo(np.int64)

CODE = re.compile(r"[+-]?(?:0\d|\d{19,}$)")
WHOLE = re.compile(r"[+-]?\d+")
WHOLES = re.compile(r"[+-]?\d+(?:\n[+-]?\d+)*")

MISSING = frozenset(
    {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
    | {"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}
)
"""Texts of a CSV file that stand for a missing value, as pandas reads them."""


def objects(flat: Sequence[object], shape: tuple[int, ...]) -> NDArray[np.object_]:
    """Return an array of these objects, none of them unpacked."""
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(shape)


def as_text(value: str | bytes) -> str:
    """Return text; bytes that are not UTF-8 keep their place as characters that are refused."""
    return value if isinstance(value, str) else value.decode("utf-8", errors="surrogateescape")


def parsed(cells: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the numbers that the cells of a CSV file spell, NaN for those that spell none."""
    import pandas as pd  # it takes a second, and only a table needs it

    frame = pd.Series(cells, dtype=str)
    return np.asarray(pd.to_numeric(frame, errors="coerce").astype(np.float64))


def is_code(cell: str) -> bool:
    """Return whether a number is written as identifiers are: a leading zero, or over 64 bits.

    >>> [is_code(cell) for cell in ("01067", "0.5", "9223372036854775808", "9223372036854775807")]
    [True, False, True, False]
    """
    if not CODE.match(cell):
        return False
    whole = WHOLE.fullmatch(cell) and not cell.lstrip("+-").startswith("0") and len(cell) <= 20
    return not (whole and INT64.min <= int(cell) <= INT64.max)


def finite(largest: float) -> str:
    """Return what is asked of a number."""
    return (
        "a finite number"
        if largest == LARGEST
        else f"a finite number (at most {largest:g} in size)"
    )


def refuse_unusable(where: str, cells: NDArray[np.object_], place: Place) -> None:
    """Raise DataError for the first text with a control character."""
    if not UNUSABLE.search("".join(cells.ravel().tolist())):
        return
    flat = [UNUSABLE.search(cell) is not None for cell in cells.ravel()]
    bad = np.array(flat, dtype=bool).reshape(cells.shape)
    refuse(where, bad, cells, place, "text without control characters (NUL, escape, tab, ...)")


def refuse(
    where: str,
    bad: Mask,
    found: NDArray[Any],
    place: Place,
    allowed: str,
    *,
    missing: bool = False,
) -> None:
    """Raise DataError naming the first `bad` entry, if there is one."""
    if not bad.any():
        return
    index = tuple(int(at) for at in np.argwhere(bad)[0])
    cell = found[index]
    empty = cell is None or not str(cell).strip()
    held = "is empty" if empty else f"holds '{cell}'"
    counted = " as missing" if missing and not empty else ""
    more = f" (and {bad.sum() - 1} more)" if bad.sum() > 1 else ""
    raise DataError(
        f"{where} {held}{place(index)}{more}{', which counts' + counted if counted else ''}; "
        f"every row needs {allowed}; correct the row or remove it"
    )
