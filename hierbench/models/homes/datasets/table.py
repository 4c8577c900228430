"""Reading a CSV file into text and numbers; every error names the file, the column and the line.

Owns what a user's file may hold. Knows nothing of models, units or the `Dataset`.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError

__all__ = [
    "LARGEST",
    "Columns",
    "file_sha256",
    "header_of",
    "read_observations",
    "read_table",
    "required_key",
]

LARGEST = 1e100
"""Sums of squares of larger numbers could overflow."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a file are the group, x and y, and what x and y are called on plots."""

    group: str
    x: str
    y: str
    x_name: str
    y_name: str


def required_key(config: DataConfig, key: str, remedy: str) -> str:
    """Return the text of `data.<key>`.

    Raises
    ------
    ConfigError
        The key is not set.
    """
    value: str | None = getattr(config, key)
    if not value:
        raise ConfigError(f"data.{key} is not set, and data={config.name} needs it; {remedy}")
    return value


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_observations(path: Path, columns: Columns, remedy: str) -> pd.DataFrame:
    """Return the three columns of a table, rows in file order, indexed by line of the file.

    The group is the text exactly as it stands in the file; x and y are float64.

    Raises
    ------
    DataError
        As `read_table`; a group label is missing; x or y is not a finite number.
    """
    frame = read_table(path, (columns.group, columns.x, columns.y), remedy)
    refuse(frame, columns.group, frame[columns.group].str.strip() == "", path, "a label")
    nul = frame[columns.group].str.contains("\0", regex=False)
    refuse(frame, columns.group, nul, path, "text without NUL bytes")
    for column in (columns.x, columns.y):
        values = pd.to_numeric(frame[column], errors="coerce").astype(np.float64)
        allowed = f"a finite number (at most {LARGEST:g} in size)"
        refuse(frame, column, ~(values.abs() <= LARGEST), path, allowed)
        frame[column] = values
    return frame


def read_table(path: Path, columns: Sequence[str], remedy: str) -> pd.DataFrame:
    """Return the named columns as text, indexed by the line in which each row begins.

    Blank lines are passed over; the header is line 1 where none comes before it.

    Parameters
    ----------
    path
        A CSV file: UTF-8, comma, header line.
    columns
        Distinct names from the header.
    remedy
        What to do when a column is missing, to end that error's sentence with.

    Raises
    ------
    DataError
        The file cannot be read, is not CSV, has no rows or lacks a column.
    """
    header = header_of(path)
    records = numbered_records(path)
    next(records)
    wanted = positions(path, header, columns, remedy)
    lines, rows = [], []
    for line, record in records:
        if len(record) != len(header):
            raise DataError(
                f"{path}: line {line} has {len(record)} cells and the header has {len(header)}; "
                "both need as many, comma-separated; correct the line or quote its commas"
            )
        lines.append(line)
        rows.append([record[position] for position in wanted])
    if not rows:
        raise DataError(f"{path} has a header and no rows; a table needs both; add rows")
    return pd.DataFrame(rows, columns=list(columns), index=pd.Index(lines, name="line"), dtype=str)


def header_of(path: Path) -> list[str]:
    """Return the names of a table's columns.

    Raises
    ------
    DataError
        The file cannot be read, is not CSV or is empty.
    """
    _, header = next(numbered_records(path), (0, []))
    if not header:
        raise DataError(f"{path} is empty; a table is a header line and rows; choose another file")
    return header


def numbered_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the line in which it begins."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            line = 1
            for record in reader:
                if record:
                    yield line, record
                line = reader.line_num + 1
    except FileNotFoundError as err:
        raise DataError(f"{path} does not exist; give the path of a CSV file") from err
    except IsADirectoryError as err:
        raise DataError(f"{path} is a directory; give the path of a CSV file in it") from err
    except (UnicodeDecodeError, csv.Error) as err:
        raise DataError(f"{path} is not CSV text ({err}); save the table as UTF-8 CSV") from err
    except OSError as err:
        raise DataError(f"{path} cannot be read ({err.strerror}); give a readable file") from err


def positions(path: Path, header: list[str], columns: Sequence[str], remedy: str) -> list[int]:
    """Return where each of `columns` stands in the header."""
    if any("\0" in name for name in header):
        raise DataError(f"{path} is not CSV text (NUL bytes); save the table as UTF-8 CSV")
    known = ", ".join(header)
    for column in columns:
        if header.count(column) != 1:
            fault = "two columns" if column in header else "no column"
            if len(header) == 1 and any(mark in known for mark in (";", "\t")):
                remedy = "save the table with commas between its columns"
            raise DataError(f"{path} has {fault} '{column}'; its columns are {known}; {remedy}")
    return [header.index(column) for column in columns]


def refuse(
    frame: pd.DataFrame, column: str, bad: "pd.Series[bool]", path: Path, allowed: str
) -> None:
    """Raise DataError naming the first `bad` cell, when there is one."""
    if not bad.any():
        return
    line, cell = bad.idxmax(), frame[column][bad].iloc[0]
    held = f"holds '{cell}'" if cell.strip() else "is empty"
    more = f" (and {bad.sum() - 1} more)" if bad.sum() > 1 else ""
    raise DataError(
        f"{path}: column '{column}' {held} in line {line}{more}; every row needs {allowed}; "
        "correct the row or remove it"
    )
