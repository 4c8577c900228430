"""Sacramento homes: price on living area by ZIP; poor groups, and the default data."""

from hierbench.config.schema import DataConfig
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE
from hierbench.models.homes.datasets.shipped import load_shipped
from hierbench.models.homes.datasets.table import Columns
from hierbench.models.homes.rows import Rows

__all__ = ["SOURCE", "load"]

COLUMNS = Columns(
    group="zip", x="sqft", y="price", x_name="living area [sq ft]", y_name="price [USD]"
)


def load(config: DataConfig) -> Rows:
    """Return 932 homes in 68 ZIPs of 1 to 61 homes."""
    return load_shipped(config, "sacramento.csv", COLUMNS)


SOURCE = DataSource(
    origin="home sales in Sacramento, shipped; from modeldata (MIT)",
    load=load,
    keys=TABLE,
    prepare=None,
)
