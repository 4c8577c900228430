"""The tables that come with the package: where they lie and how they are loaded.

Owns the way to the `data/` directory, in a checkout and in an installed wheel.
"""

from pathlib import Path

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets.assembly import assemble
from hierbench.models.homes.datasets.table import Columns, observations
from hierbench.models.homes.rows import Rows
from hierbench.tables import read_table

__all__ = ["data_directory", "load_shipped"]


def data_directory() -> Path:
    """Return the directory of the shipped tables: a link in a checkout, a copy in a wheel."""
    return Path(__file__).resolve().parents[3] / "data"


def load_shipped(config: DataConfig, file_name: str, columns: Columns) -> Rows:
    """Return a shipped table as a data set.

    Raises
    ------
    DataError
        The table is missing or damaged.
    """
    table = read_table(data_directory() / file_name, columns.needed)
    frame = observations(table, columns, "install hierbench again")
    return assemble(config, frame, columns, file_sha256=table.sha256)
