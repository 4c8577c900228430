"""A table of the user's, read from one file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.errors import DataError
from hierbench.tables.archives import unpacked
from hierbench.tables.column import Column
from hierbench.tables.content import read_content
from hierbench.tables.csv_text import csv_columns
from hierbench.tables.entries import LARGEST
from hierbench.tables.found import Found
from hierbench.tables.json_text import json_columns
from hierbench.tables.kinds import Kind, check_name, kind_of
from hierbench.tables.labels import alike_sentence
from hierbench.tables.netcdf import netcdf_columns
from hierbench.tables.parquet import parquet_columns

__all__ = ["Columns", "Table", "read_table"]


class Columns(Mapping[str, NDArray[Any]]):
    """Column names to arrays: float64, int64, or text (object).

    A column is checked when it is asked for, so that one that nobody uses may have missing
    values. Every call returns an array of its own.
    """

    def __init__(self, path: Path, found: Found) -> None:
        self._path = path
        self._found = found
        self._given: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column.

        Raises
        ------
        DataError
            There is no such column; a value is missing, is not finite, or has a control
            character.
        """
        if name not in self._given:
            self._given[name] = self.column(name).array()
        return self._given[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._found.columns)

    def __len__(self) -> int:
        return len(self._found.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._found.columns

    def get(self, name: str, default: Any = None) -> Any:
        """Return a column, or `default` if there is none of that name."""
        return self[name] if name in self._found.columns else default

    def column(self, name: str, remedy: str = "correct the name") -> Column:
        """Return what a column holds, before it is checked.

        Raises
        ------
        DataError
            There is none of that name.
        """
        if name in self._found.columns:
            return self._found.columns[name]
        known = ", ".join(self._found.names)
        if len(self._found.names) == 1 and any(mark in known for mark in (";", "\t")):
            remedy = "save the table with commas between its columns"
        raise DataError(f"{self._path} has no column '{name}'; its columns are {known}; {remedy}")

    def doubts(self) -> tuple[str, ...]:
        """Return what is doubtful in the columns that were asked for, a sentence each."""
        found: list[str] = []
        for name, array in self._given.items():
            found += self._found.columns[name].doubts()
            if array.dtype == object:
                where = f"{self._path}: column '{name}'"
                alike = alike_sentence(where, array.ravel().tolist())
                found += [alike] if alike else []
        return tuple(found)


@dataclass(frozen=True)
class Table:
    """A table as it was read from one file.

    Attributes
    ----------
    path : Path
        As the user gave it.
    kind : Kind
        How the file is written.
    sha256 : str
        Of the file's bytes.
    names : tuple of str
        Of all columns of the file, in its order.
    columns : Columns
        Those that were kept.
    notes : tuple of str
        What was left out or changed, a sentence each.
    """

    path: Path
    kind: Kind
    sha256: str
    names: tuple[str, ...]
    columns: Columns
    notes: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful in the columns that were asked for so far, a sentence each."""
        return self.columns.doubts()

    def numbers(
        self, name: str, *, largest: float = LARGEST, remedy: str = "correct the name"
    ) -> NDArray[np.float64]:
        """Return a column as finite numbers, also those with a leading zero.

        Parameters
        ----------
        largest : float
            Size that no number may exceed.
        remedy : str
            What to do when there is no such column.

        Raises
        ------
        DataError
            There is no such column, or an entry is no such number.
        """
        return self.columns.column(name, remedy).numbers(largest)

    def text(self, name: str, *, remedy: str = "correct the name") -> NDArray[np.object_]:
        """Return a column as text, numbers as they are written.

        Raises
        ------
        DataError
            There is no such column; an entry is missing or has a control character.
        """
        return self.columns.column(name, remedy).text()

    def cells(self, name: str, *, remedy: str = "correct the name") -> NDArray[np.object_]:
        """Return a column as text, unchecked; a missing entry is empty or as the file has it.

        Raises
        ------
        DataError
            There is no such column.
        """
        return self.columns.column(name, remedy).cells()


def read_table(path: str | Path, only: Collection[str] | None = None) -> Table:
    """Return the table in a file or a pipe: CSV, Parquet, JSON or netCDF, by its first bytes.

    Parameters
    ----------
    path
        JSON and CSV may be in a zip or gzip archive of one file.
    only
        Names of columns to keep; a large file then takes less memory. All are kept by default.

    Raises
    ------
    DataError
        The file cannot be read, or is no table.
    """
    path = Path(path).expanduser()
    content = read_content(path)
    data = unpacked(content)
    kind = kind_of(path, data)
    check_name(path, kind)
    match kind:
        case Kind.CSV:
            found = csv_columns(path, data, only)
        case Kind.PARQUET:
            found = parquet_columns(path, data, only)
        case Kind.JSON:
            found = json_columns(path, data)
        case Kind.NETCDF:
            found = netcdf_columns(path, data)
    return Table(path, kind, content.sha256, found.names, Columns(path, found), found.notes)
