"""The group, x and y of a table; every error names the file, the column and the row.

Knows nothing of units or the `Rows`.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.tables import Table

__all__ = ["LARGEST", "Columns", "file_sha256", "observations", "required_key"]

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

    @property
    def needed(self) -> tuple[str, str, str]:
        """The names in the file."""
        return self.group, self.x, self.y


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


def observations(table: Table, columns: Columns, remedy: str) -> pd.DataFrame:
    """Return the three columns of a table, rows in file order.

    The group is text: in CSV exactly as in the file, elsewhere numbers as Python writes them.
    x and y are float64.

    Parameters
    ----------
    remedy
        What to do when a column is missing, to end that error's sentence with.

    Raises
    ------
    DataError
        A column is missing, has several dims or another length than the others; a group label is
        missing or has a control character; x or y is not a finite number.
    """
    found = {
        columns.group: table.text(columns.group, remedy=remedy),
        columns.x: table.numbers(columns.x, largest=LARGEST, remedy=remedy),
        columns.y: table.numbers(columns.y, largest=LARGEST, remedy=remedy),
    }
    shapes = {name: array.shape for name, array in found.items()}
    if len(set(shapes.values())) > 1 or len(shapes[columns.y]) != 1:
        told = ", ".join(f"'{name}' has shape {shape}" for name, shape in shapes.items())
        raise DataError(
            f"{table.path}: {told}; group, x and y need one dimension and as many rows each; "
            "choose other columns, or write them so"
        )
    return pd.DataFrame(found)
