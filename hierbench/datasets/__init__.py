"""The data sets by name, and what a user may ask about them.

Each member turns a `DataConfig` into a `Dataset`; nothing here knows of a model or a sampler.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.datasets import (
    ames,
    berlin_like,
    berlin_prices,
    berlin_rents,
    csv_file,
    prior_draw,
    radon,
    sacramento,
)
from hierbench.errors import ConfigError
from hierbench.records import Dataset

__all__ = ["DATASETS", "ORIGINS", "PREPARABLE", "Description", "describe", "load", "prepare"]

DATASETS: dict[str, Callable[[DataConfig], Dataset]] = {
    "sacramento": sacramento.load,
    "ames": ames.load,
    "radon": radon.load,
    "berlin_like": berlin_like.load,
    "prior_draw": prior_draw.load,
    "csv": csv_file.load,
    "berlin_rents": berlin_rents.load,
    "berlin_prices": berlin_prices.load,
}

ORIGINS: dict[str, str] = {
    "sacramento": sacramento.ORIGIN,
    "ames": ames.ORIGIN,
    "radon": radon.ORIGIN,
    "berlin_like": berlin_like.ORIGIN,
    "prior_draw": prior_draw.ORIGIN,
    "csv": csv_file.ORIGIN,
    "berlin_rents": berlin_rents.ORIGIN,
    "berlin_prices": berlin_prices.ORIGIN,
}

PREPARABLE: dict[str, Callable[[Path], pd.DataFrame]] = {
    "berlin_rents": berlin_rents.prepare,
    "berlin_prices": berlin_prices.prepare,
}

USER_KEYS: dict[str, tuple[str, ...]] = {
    "csv": ("path", "group", "x", "y"),
    "berlin_rents": ("path",),
    "berlin_prices": ("path",),
    "prior_draw": prior_draw.KEYS,
}
"""What no other data set reads, of those whose size is the user's."""


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
    member = member_of(DATASETS, "data", config.name)
    for key in dict.fromkeys(key for keys in USER_KEYS.values() for key in keys):
        value = getattr(config, key)
        if value is not None and key not in USER_KEYS.get(config.name, ()):
            readers = [name for name, keys in USER_KEYS.items() if key in keys]
            raise ConfigError(
                f"data.{key}={value}: data={config.name} does not read it; leave it out, or use "
                f"one that does: {', '.join(readers)}"
            )
    return member(config)


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
    return member_of(PREPARABLE, "data prepare", name)(source)


def describe() -> tuple[Description, ...]:
    """Return a description of every data set, at its default size."""
    return tuple(description_of(name) for name in DATASETS)


def description_of(name: str) -> Description:
    """Return one description; loads the table when it is shipped or simulated."""
    if name in USER_KEYS:
        return Description(name, ORIGINS[name])
    sizes = load(DataConfig(name=name)).group_sizes
    return Description(
        name,
        ORIGINS[name],
        rows=int(sizes.sum()),
        groups=len(sizes),
        size_min=int(sizes.min()),
        size_median=float(pd.Series(sizes).median()),
        size_max=int(sizes.max()),
    )


def member_of[Member](members: dict[str, Member], key: str, name: str) -> Member:
    """Return the member of that name.

    Raises
    ------
    ConfigError
        There is none; the sentence lists those that there are.
    """
    if name not in members:
        raise ConfigError(f"{key}={name}: known are {', '.join(members)}; choose one of them")
    return members[name]
