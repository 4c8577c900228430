"""Any table of the user's, by the names of its columns."""

from pathlib import Path

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import TABLE, assemble
from hierbench.models.homes.datasets.table import Columns, observations, required_key
from hierbench.models.homes.rows import Rows
from hierbench.tables import Table, read_table

__all__ = ["SOURCE", "load"]

REMEDY = (
    "set data.path, data.group, data.x and data.y to a table (CSV, Parquet, JSON or netCDF) and "
    "columns of it"
)


def load(config: DataConfig) -> Rows:
    """Return the rows of `data.path` in file order; labels of CSV are the text in the file.

    Raises
    ------
    ConfigError
        data.path, data.group, data.x or data.y is not set, or two name one column.
    DataError
        The file or a cell of it cannot be used; the sentence names the place.
    """
    path = Path(required_key(config, "path", REMEDY)).expanduser()
    table = read_table(path, {name for name in (config.group, config.x, config.y) if name})
    group, x, y = (required_key(config, key, remedy_for(table)) for key in ("group", "x", "y"))
    if len({group, x, y}) < 3:
        raise ConfigError(
            f"data.group={group}, data.x={x}, data.y={y}: three different columns are needed; "
            "choose another"
        )
    columns = Columns(group=group, x=x, y=y, x_name=x, y_name=y)
    frame = observations(table, columns, REMEDY)
    return assemble(config, frame, columns, file_sha256=table.sha256, notes=table.notes)


def remedy_for(table: Table) -> str:
    """Return what to do about a column that was not named."""
    known = ", ".join(table.names)
    return f"set data.group, data.x and data.y to columns of {table.path}: {known}"


SOURCE = DataSource(
    origin="a table of yours (CSV, Parquet, JSON, netCDF): data.path, data.group, data.x, data.y",
    load=load,
    keys=("path", "group", "x", "y", *TABLE),
    prepare=None,
)
