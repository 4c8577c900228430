"""The notebook's Berlin rents, from the raw Kaggle file the user brings."""

from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.errors import DataError
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE, assemble
from hierbench.models.homes.datasets.table import Columns, required_key
from hierbench.models.homes.rows import Rows
from hierbench.tables import Table, read_table

__all__ = ["SOURCE", "load", "prepare"]

COLUMNS = Columns(
    group="zip", x="living_space", y="rent", x_name="living area [m2]", y_name="rent [EUR]"
)

RAW_COLUMNS = ("regio1", "baseRent", "totalRent", "livingSpace", "geo_plz")

REMEDY = (
    "set data.path to the raw immo_data.csv of the Kaggle set 'Apartment rental offers in "
    f"Germany', with the columns {', '.join(RAW_COLUMNS)}"
)

FENCE = 3.5
"""Interquartile ranges beyond the quartiles at which the notebook drops a row."""


def load(config: DataConfig) -> Rows:
    """Return the Berlin offers of `data.path` after the notebook's cleaning, see `prepare`.

    Raises
    ------
    ConfigError
        data.path is not set.
    DataError
        The file lacks a column, or no offer of it is left.
    """
    table = read_table(required_key(config, "path", REMEDY), RAW_COLUMNS)
    frame = cleaned(table)
    note = (
        f"kept {len(frame)} offers: in Berlin, total rent and ZIP given, rent and area above 0, "
        f"and log rent per m2 within {FENCE} interquartile ranges of the quartiles"
    )
    return assemble(config, frame, COLUMNS, file_sha256=table.sha256, notes=(note,))


def prepare(source: Path) -> pd.DataFrame:
    """Return the columns zip, rent [EUR] and living_space [m2] of the offers the notebook kept.

    See `cleaned`.

    Raises
    ------
    DataError
        The file lacks a column, or no offer of it is left.
    """
    return cleaned(read_table(source, RAW_COLUMNS))


def cleaned(table: Table) -> pd.DataFrame:
    """Return the same columns of a table in memory.

    Its `where` on totalRent is the wrong way round: it takes baseRent where totalRent is
    present and leaves every other offer without a rent, which drops it. That result is kept
    here, so that the numbers stay comparable. Offers that look alike stay.

    Raises
    ------
    DataError
        The file lacks a column, or no offer of it is left.
    """
    raw = pd.DataFrame({name: table.cells(name, remedy=REMEDY) for name in RAW_COLUMNS}, dtype=str)
    berlin = raw[raw["regio1"] == "Berlin"]
    numbers = berlin[["baseRent", "totalRent", "livingSpace"]].apply(pd.to_numeric, errors="coerce")
    offers = pd.DataFrame(
        {
            "zip": berlin["geo_plz"].str.strip(),
            "rent": numbers["baseRent"].where(numbers["totalRent"].notna()),
            "living_space": numbers["livingSpace"],
        }
    ).astype({"rent": np.float64, "living_space": np.float64})
    usable = np.isfinite(offers[["rent", "living_space"]]).all(axis=1)
    positive = usable & (offers["rent"] > 0) & (offers["living_space"] > 0) & (offers["zip"] != "")
    kept = without_outliers(offers[positive])
    if kept.empty:
        raise DataError(f"{table.path} holds no usable offer with regio1 'Berlin'; {REMEDY}")
    return kept.reset_index(drop=True)


def without_outliers(offers: pd.DataFrame) -> pd.DataFrame:
    """Return the offers whose log rent per m2 lies within the fences around the quartiles."""
    log_rent = (offers["rent"] / offers["living_space"]).map(np.log)
    low, high = log_rent.quantile([0.25, 0.75])
    margin = FENCE * (high - low)
    return offers[log_rent.between(low - margin, high + margin)]


SOURCE = DataSource(
    origin="rents in Berlin; your immo_data.csv (Kaggle) in data.path",
    load=load,
    keys=("path", *TABLE),
    prepare=prepare,
)
