"""Minnesota radon: log radon on floor by county; slopes hardly vary, hard for centred forms."""

from hierbench.config.schema import DataConfig
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE
from hierbench.models.homes.datasets.shipped import load_shipped
from hierbench.models.homes.datasets.table import Columns
from hierbench.models.homes.rows import Rows

__all__ = ["SOURCE", "load"]

COLUMNS = Columns(
    group="county",
    x="floor",
    y="log_radon",
    x_name="floor [0 basement, 1 first floor]",
    y_name="log radon [log pCi/L]",
)


def load(config: DataConfig) -> Rows:
    """Return 919 houses in 85 counties of 1 to 116 houses; 25 counties have one floor only."""
    return load_shipped(config, "radon.csv", COLUMNS)


SOURCE = DataSource(
    origin="radon in Minnesota houses, shipped; US government survey (public domain)",
    load=load,
    keys=TABLE,
    prepare=None,
)
