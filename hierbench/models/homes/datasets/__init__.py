"""The data sets by name, and what a user may ask about them.

Each member turns a `DataConfig` into a `Dataset`; nothing here knows of a model or a sampler.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError
from hierbench.models.homes.datasets import (
    ames,
    berlin_like,
    berlin_prices,
    berlin_rents,
    csv_file,
    prior_draw,
    radon,
    sacramento,
)
from hierbench.models.homes.datasets.source import DataSource
from hierbench.records import Dataset

__all__ = ["DATASETS", "DataSource", "Description", "describe", "load", "prepare"]

DATASETS: Mapping[str, DataSource] = {
    "sacramento": sacramento.SOURCE,
    "ames": ames.SOURCE,
    "radon": radon.SOURCE,
    "berlin_like": berlin_like.SOURCE,
    "prior_draw": prior_draw.SOURCE,
    "csv": csv_file.SOURCE,
    "berlin_rents": berlin_rents.SOURCE,
    "berlin_prices": berlin_prices.SOURCE,
}


@dataclass(frozen=True)
class Description:
    """A data set as it stands in a listing; sizes are None where the user brings the file."""

    name: str
    origin: str
    rows: int | None = None
    groups: int | None = None
    size_min: int | None = None
    size_median: float | None = None
    size_max: int | None = None


def load(config: DataConfig) -> Dataset:
    """Return the data set that `config` asks for.

    Raises
    ------
    ConfigError
        The name is unknown, or a key is missing or not read by this data set.
    DataError
        The file cannot be used.
    """
    source = member_of(DATASETS, "data", config.name)
    for key in dict.fromkeys(key for one in DATASETS.values() for key in one.keys):
        value = getattr(config, key)
        if value is not None and key not in source.keys:
            readers = [name for name, one in DATASETS.items() if key in one.keys]
            raise ConfigError(
                f"data.{key}={value}: data={config.name} does not read it; leave it out, or use "
                f"one that does: {', '.join(readers)}"
            )
    return source.load(config)


def prepare(name: str, source: Path) -> pd.DataFrame:
    """Return the cleaned columns zip, rent or price [EUR] and living_space [m2] of a raw file.

    Written as CSV without its index, `data=csv` reads it as `load` reads the raw file.

    Raises
    ------
    ConfigError
        `name` has nothing to prepare.
    DataError
        The file cannot be used.
    """
    preparable = {name: one.prepare for name, one in DATASETS.items() if one.prepare is not None}
    return member_of(preparable, "data prepare", name)(source)


def describe() -> tuple[Description, ...]:
    """Return a description of every data set, at its default size."""
    return tuple(description_of(name) for name in DATASETS)


def description_of(name: str) -> Description:
    """Return one description; loads the table when it is shipped or simulated."""
    source = DATASETS[name]
    if source.keys:
        return Description(name, source.origin)
    sizes = load(DataConfig(name=name)).group_sizes
    return Description(
        name,
        source.origin,
        rows=int(sizes.sum()),
        groups=len(sizes),
        size_min=int(sizes.min()),
        size_median=float(pd.Series(sizes).median()),
        size_max=int(sizes.max()),
    )


def member_of[Member](members: Mapping[str, Member], key: str, name: str) -> Member:
    """Return the member of that name.

    Raises
    ------
    ConfigError
        There is none; the sentence lists those that there are.
    """
    if name not in members:
        raise ConfigError(f"{key}={name}: known are {', '.join(members)}; choose one of them")
    return members[name]
