"""The notebook's Berlin house prices, from a file the user brings."""

from pathlib import Path

import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE, assemble
from hierbench.models.homes.datasets.table import Columns, observations, required_key
from hierbench.models.homes.rows import Rows
from hierbench.tables import Table, read_table

__all__ = ["SOURCE", "load", "prepare"]

COLUMNS = Columns(
    group="zip", x="living_space", y="price", x_name="living area [m2]", y_name="price [EUR]"
)

REMEDY = "set data.path to a houses.csv with the columns zip, price and living_space"


def load(config: DataConfig) -> Rows:
    """Return the processed houses of `data.path`, all rows, in file order.

    Raises
    ------
    ConfigError
        data.path is not set.
    DataError
        The file lacks a column, or a cell cannot be used.
    """
    path = Path(required_key(config, "path", REMEDY)).expanduser()
    table = read_table(path, COLUMNS.needed)
    return assemble(config, cleaned(table), COLUMNS, file_sha256=table.sha256)


def prepare(source: Path) -> pd.DataFrame:
    """Return the columns zip, price [EUR] and living_space [m2]; ZIPs are text, stripped.

    Raises
    ------
    DataError
        The file lacks a column, or a cell cannot be used.
    """
    return cleaned(read_table(source, COLUMNS.needed))


def cleaned(table: Table) -> pd.DataFrame:
    """Return the columns of `prepare`."""
    frame = observations(table, COLUMNS, REMEDY)
    frame["zip"] = frame["zip"].str.strip()
    return frame[["zip", "price", "living_space"]].reset_index(drop=True)


SOURCE = DataSource(
    origin="house prices in Berlin; your houses.csv in data.path",
    load=load,
    keys=("path", *TABLE),
    prepare=prepare,
)
