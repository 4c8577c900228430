"""Ames homes: price on living area by neighbourhood; rich groups."""

from hierbench.config.schema import DataConfig
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE
from hierbench.models.homes.datasets.shipped import load_shipped
from hierbench.models.homes.datasets.table import Columns
from hierbench.models.homes.rows import Rows

__all__ = ["SOURCE", "load"]

COLUMNS = Columns(
    group="Neighborhood",
    x="Gr_Liv_Area",
    y="Sale_Price",
    x_name="living area [sq ft]",
    y_name="price [USD]",
)


def load(config: DataConfig) -> Rows:
    """Return 2,930 homes in 28 neighbourhoods of 1 to 443 homes."""
    return load_shipped(config, "ames.csv", COLUMNS)


SOURCE = DataSource(
    origin="home sales in Ames, Iowa, shipped; from modeldata (MIT)",
    load=load,
    keys=TABLE,
    prepare=None,
)
