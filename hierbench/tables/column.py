"""One column: its values as found, and as numbers or text; a bad entry is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hierbench.errors import DataError
from hierbench.tables.entries import (
    INT64,
    LARGEST,
    MISSING,
    WHOLES,
    Mask,
    as_text,
    finite,
    is_code,
    objects,
    parsed,
    refuse,
    refuse_unusable,
)

__all__ = ["Column", "Texts", "Unusable", "Values", "values_of"]


class Column(Protocol):
    """What a table does with a column, whatever file it is from."""

    def array(self) -> NDArray[Any]:
        """Return float64, int64 or text (object), without missing or unusable entries."""

    def numbers(self, largest: float) -> NDArray[np.float64]:
        """Return finite numbers of at most `largest` in size."""

    def text(self) -> NDArray[np.object_]:
        """Return every entry as text, none missing and without control characters."""

    def cells(self) -> NDArray[np.object_]:
        """Return every entry as text, as it was found; a missing one is empty."""

    def doubts(self) -> list[str]:
        """Return what is allowed in `array` but likely not meant, a sentence each."""


@dataclass(frozen=True)
class Unusable:
    """A column that is refused when it is asked for, as `why` says."""

    why: str

    def array(self) -> NDArray[Any]:
        """Raise DataError."""
        raise DataError(self.why)

    def numbers(self, largest: float) -> NDArray[np.float64]:
        """Raise DataError."""
        raise DataError(self.why)

    def text(self) -> NDArray[np.object_]:
        """Raise DataError."""
        raise DataError(self.why)

    def cells(self) -> NDArray[np.object_]:
        """Raise DataError."""
        raise DataError(self.why)

    def doubts(self) -> list[str]:
        """Return nothing: no array comes of it."""
        return []


@dataclass(frozen=True)
class Texts:
    """A column of a CSV file, in which numbers are text too.

    Attributes
    ----------
    where : str
        File and column, to begin a sentence with.
    found : ndarray of str
        The cells.
    lines : sequence of int
        In which line of the file each of them begins.
    """

    where: str
    found: NDArray[np.object_]
    lines: Sequence[int]

    def place(self, index: tuple[int, ...]) -> str:
        """Return where a cell is."""
        return f" in line {self.lines[index[0]]}"

    def array(self) -> NDArray[Any]:
        """Return numbers if all cells are numbers, none with a leading zero; else text."""
        self.refuse_missing("value")
        if self.made_text_by is not None:
            return self.text()
        if WHOLES.fullmatch("\n".join(self.distinct)):
            return np.array(list(map(int, self.found)), dtype=np.int64)
        return self.numbers(LARGEST)

    def numbers(self, largest: float) -> NDArray[np.float64]:
        """Return finite numbers of at most `largest` in size."""
        bad = ~(np.abs(self.values) <= largest)
        refuse(self.where, bad, self.found, self.place, finite(largest))
        return self.values.copy()

    def text(self) -> NDArray[np.object_]:
        """Return the cells as they are in the file."""
        self.refuse_missing("label")
        refuse_unusable(self.where, self.found, self.place)
        return self.found.copy()

    def cells(self) -> NDArray[np.object_]:
        """Return the cells as they are in the file, missing ones too."""
        return self.found

    def doubts(self) -> list[str]:
        """Say which cell makes a column of numbers text."""
        index = self.made_text_by
        numbers = int(np.isfinite(self.values).sum())
        if index is None or 2 * numbers < len(self.found):
            return []
        return [
            f"{self.where} is text, because it holds '{self.found[index]}'{self.place((index,))}; "
            f"{numbers} of its {len(self.found)} cells are numbers"
        ]

    @cached_property
    def distinct(self) -> set[str]:
        """The different cells, without blanks around them."""
        return {cell.strip() for cell in set(self.found.tolist())}

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The numbers that the cells spell, NaN for those that spell none."""
        return parsed(self.found)

    @cached_property
    def made_text_by(self) -> int | None:
        """The index of the first cell for which the column is text; None if there is none."""
        bad = np.isnan(self.values)
        coded = {cell for cell in self.distinct if is_code(cell)}
        if coded:
            bad |= np.array([cell.strip() in coded for cell in self.found], dtype=bool)
        return int(bad.argmax()) if bad.any() else None

    def refuse_missing(self, wanted: str) -> None:
        """Raise DataError for the first cell that stands for a missing value."""
        if MISSING.isdisjoint(self.distinct):
            return
        bad = np.array([cell.strip() in MISSING for cell in self.found], dtype=bool)
        refuse(self.where, bad, self.found, self.place, f"a {wanted}", missing=True)


@dataclass(frozen=True)
class Values:
    """A column of a file that tells numbers from text.

    Attributes
    ----------
    where : str
        File and column, to begin a sentence with.
    found : ndarray
        int64, float64, or objects: str, and None where there is no value.
    missing : ndarray of bool
        Of the shape of `found`.
    """

    where: str
    found: NDArray[Any]
    missing: Mask

    def place(self, index: tuple[int, ...]) -> str:
        """Return where an entry is, counted from 1; nothing for the only one."""
        return f" in row {', '.join(str(at + 1) for at in index)}" if index else ""

    def array(self) -> NDArray[Any]:
        """Return the values as the file has them, 64 bits wide."""
        self.refuse_missing("value")
        if self.found.dtype == object:
            return self.text()
        bad = ~np.isfinite(self.found)
        refuse(self.where, bad, self.found, self.place, "a finite number")
        return self.found.copy()

    def numbers(self, largest: float) -> NDArray[np.float64]:
        """Return finite numbers of at most `largest` in size; text is refused."""
        if self.found.dtype == object:
            bad: Mask = np.ones(self.found.shape, dtype=bool)
        else:
            bad = self.missing | ~(np.abs(self.found.astype(np.float64)) <= largest)
        refuse(self.where, bad, self.found, self.place, finite(largest))
        return self.found.astype(np.float64)

    def text(self) -> NDArray[np.object_]:
        """Return text as it is, and numbers as Python writes them."""
        self.refuse_missing("label")
        cells = self.cells()
        refuse_unusable(self.where, cells, self.place)
        return cells

    def cells(self) -> NDArray[np.object_]:
        """Return text as it is, and numbers as Python writes them; a missing one is empty."""
        flat = [
            "" if gone else str(value)
            for value, gone in zip(self.found.ravel().tolist(), self.missing.ravel(), strict=True)
        ]
        return objects(flat, self.found.shape)

    def doubts(self) -> list[str]:
        """Return nothing: the file says what it means."""
        return []

    def refuse_missing(self, wanted: str) -> None:
        """Raise DataError for the first entry without a value, or with blanks alone."""
        bad = self.missing
        if self.found.dtype == object:
            flat = [isinstance(value, str) and not value.strip() for value in self.found.ravel()]
            bad = bad | np.array(flat, dtype=bool).reshape(bad.shape)
        refuse(self.where, bad, self.found, self.place, f"a {wanted}", missing=True)


def values_of(where: str, array: NDArray[Any]) -> Column:
    """Return the column of an array as a library reads it: numbers, or objects that are text."""
    if array.dtype.kind in "SU":
        array = objects([as_text(one) for one in array.ravel().tolist()], array.shape)
    if array.dtype.kind in "bi":
        return Values(where, array.astype(np.int64), np.zeros(array.shape, dtype=bool))
    if array.dtype.kind == "u":
        if array.size and array.max() > INT64.max:
            return Unusable(f"{where} holds {array.max()}, over {INT64.max}; write it as text")
        return Values(where, array.astype(np.int64), np.zeros(array.shape, dtype=bool))
    if array.dtype.kind == "f":
        values = array.astype(np.float64)
        return Values(where, values, np.isnan(values))
    if array.dtype.kind == "O" and all(one is None or type(one) is str for one in array.ravel()):
        flat = np.array([one is None for one in array.ravel()], dtype=bool)
        return Values(where, array, flat.reshape(array.shape))
    return Unusable(
        f"{where} holds {array.dtype}; a column is of real numbers or of text; convert it, or "
        "leave it out"
    )
