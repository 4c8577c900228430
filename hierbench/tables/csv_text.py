"""The columns of CSV: UTF-8, commas, a header line."""

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path

from hierbench.errors import DataError
from hierbench.tables.column import Column, Texts
from hierbench.tables.entries import objects
from hierbench.tables.found import Found, named_columns

__all__ = ["csv_columns"]


def csv_columns(path: Path, data: bytes, only: Collection[str] | None) -> Found:
    """Return the columns of a CSV file; of those that are not in `only`, the names alone.

    Blank lines are passed over. Where a name of the header has a blank before it, blanks after
    commas belong to the file's style and are dropped in every row.

    Raises
    ------
    DataError
        It is not CSV text, has no rows, or a row has another length than the header.
    """
    header, spaced = header_of(path, data)
    records = numbered_records(path, data, spaced=spaced)
    next(records)
    names = [name.strip() for name in header]
    wanted = [at for at, name in enumerate(names) if only is None or name in only]
    lines: list[int] = []
    cells: list[list[str]] = [[] for _ in wanted]
    for line, record in records:
        if len(record) != len(header):
            raise DataError(
                f"{path}: line {line} has {len(record)} cells and the header has {len(header)}; "
                "both need as many, comma-separated; correct the line or quote its commas"
            )
        lines.append(line)
        for column, at in zip(cells, wanted, strict=True):
            column.append(record[at])
    if not lines:
        raise DataError(f"{path} has a header and no rows; a table needs both; add rows")

    def column_of(where: str, at: int) -> Column:
        column = cells[wanted.index(at)]
        return Texts(where, objects(column, (len(column),)), lines)

    notes = (f"{path}: blanks after commas were dropped",) if spaced else ()
    return named_columns(path, names, wanted, column_of, notes)


def header_of(path: Path, data: bytes) -> tuple[list[str], bool]:
    """Return the names in the header, and whether there are blanks after its commas."""
    _, header = next(numbered_records(path, data), (0, []))
    if not header:
        raise DataError(f"{path} is empty; a table is a header line and rows; choose another file")
    if any("\0" in name for name in header):
        raise DataError(f"{path} is not CSV text (NUL bytes); save the table as UTF-8 CSV")
    if not any(name.startswith(" ") for name in header[1:]):
        return header, False
    return next(numbered_records(path, data, spaced=True))[1], True


def numbered_records(
    path: Path, data: bytes, *, spaced: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the line in which it begins."""
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True, skipinitialspace=spaced)
            line = 1
            for record in reader:
                if record:
                    yield line, record
                line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as err:
        raise DataError(f"{path} is not CSV text ({err}); save the table as UTF-8 CSV") from err
