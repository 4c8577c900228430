"""Any table of the user's, by the names of its columns."""

from pathlib import Path

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError
from hierbench.models.homes.datasets.assembly import assemble
from hierbench.models.homes.datasets.source import DataSource
from hierbench.models.homes.datasets.table import (
    Columns,
    file_sha256,
    header_of,
    read_observations,
    required_key,
)
from hierbench.records import Dataset

__all__ = ["SOURCE", "load"]

REMEDY = "set data.path, data.group, data.x and data.y to a CSV file and columns of it"


def load(config: DataConfig) -> Dataset:
    """Return the rows of `data.path` in file order; labels are the text in the file.

    Raises
    ------
    ConfigError
        data.path, data.group, data.x or data.y is not set, or two name one column.
    DataError
        The file or a cell of it cannot be used; the sentence names the place.
    """
    path = Path(required_key(config, "path", REMEDY)).expanduser()
    group, x, y = (required_key(config, key, remedy_for(path)) for key in ("group", "x", "y"))
    if len({group, x, y}) < 3:
        raise ConfigError(
            f"data.group={group}, data.x={x}, data.y={y}: three different columns are needed; "
            "choose another"
        )
    columns = Columns(group=group, x=x, y=y, x_name=x, y_name=y)
    frame = read_observations(path, columns, REMEDY)
    return assemble(config, frame, columns, file_sha256=file_sha256(path))


def remedy_for(path: Path) -> str:
    """Return what to do about a column that was not named."""
    known = ", ".join(header_of(path))
    return f"set data.group, data.x and data.y to columns of {path}: {known}"


SOURCE = DataSource(
    origin="a CSV file of yours: data.path, data.group, data.x, data.y",
    load=load,
    keys=("path", "group", "x", "y"),
    prepare=None,
)
