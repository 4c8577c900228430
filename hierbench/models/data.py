"""The data of the models: loaded, prepared and described, whatever they are."""

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hierbench.config.options import option_values, own_value
from hierbench.config.schema import Config, DataConfig
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError
from hierbench.models import MODELS, model_of
from hierbench.models.contract import DataSource, Model

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Description", "applied", "asked_data", "describe", "load", "prepare"]


@dataclass(frozen=True)
class Description:
    """A data set as it stands in a listing.

    Attributes
    ----------
    sizes : mapping of str to float
        Empty where the user brings the file, or where a model's own file would have to be run.
    """

    name: str
    model: str
    origin: str
    sizes: Mapping[str, float]


def load(asked: Config) -> Dataset:
    """Return the data set that a cell asks for.

    Raises
    ------
    ConfigError
        The model or the name is unknown, or a key is missing or not read by this data set.
    DataError
        The file cannot be used.
    """
    return source_of(asked).load(asked_data(asked))


def asked_data(asked: Config) -> DataConfig:
    """Return what a cell asks of its data: the keys that they read, scales as the prior has them.

    Raises
    ------
    ConfigError
        The model or the name is unknown, or a key is not read by this data set.
    """
    config, keys = applied(asked).data, source_of(asked).keys
    scales = {**asked.prior.scales, **config.scales} if "scales" in keys else {}
    return replace(config, scales=scales)


def applied(asked: Config) -> Config:
    """Return a cell's configuration without what its data do not read.

    A data set's own file may set a key that is read for another model alone; this is left out.

    Raises
    ------
    ConfigError
        The model or the name is unknown, or the user set a key that is not read.
    """
    config, source = asked.data, source_of(asked)
    own = option_values("data", config.name)
    unread: dict[str, Any] = {}
    for key, nothing in asdict(DataConfig()).items():
        value = getattr(config, key)
        if key == "name" or key in source.keys or value == nothing:
            continue
        if key not in own or own[key] != value:
            raise not_read(asked, key, value)
        unread[key] = nothing
    return replace(asked, data=replace(config, **unread)) if unread else asked


def source_of(asked: Config) -> DataSource:
    """Return the record of the data set that a cell asks for."""
    return member_of(model_of(asked.model).data, "data", asked.data.name)


def not_read(asked: Config, key: str, value: object) -> ConfigError:
    """Return the error for a key of `data` that the cell's data set does not read."""
    sources, name = model_of(asked.model).data, asked.data.name
    readers = [other for other, one in sources.items() if key in one.keys]
    if isinstance(value, Mapping):
        key, value = next(iter(value.items()))
    near = difflib.get_close_matches(key, sources[name].keys, n=1)
    remedy = f"did you mean data.{near[0]}?" if near else "leave it out"
    if readers and not near:
        remedy += f", or use one that does: {', '.join(readers)}"
    text = str(value).lower() if isinstance(value, bool) else value
    return ConfigError(f"data.{key}={text}: data={name} does not read it; {remedy}")


def prepare(name: str, source: Path) -> "pd.DataFrame":
    """Return the cleaned columns of a raw file.

    Raises
    ------
    ConfigError
        `name` has nothing to prepare.
    DataError
        The file cannot be used.
    """
    preparable = {
        key: one.prepare
        for model in MODELS.values()
        for key, one in model.data.items()
        if one.prepare is not None
    }
    return member_of(preparable, "data prepare", name)(source)


def describe() -> tuple[Description, ...]:
    """Return a description of every data set of every model, at its default size."""
    return tuple(description_of(model, name) for model in MODELS.values() for name in model.data)


def description_of(model: Model, name: str) -> Description:
    """Return one description; loads the table when it is shipped or simulated."""
    source = model.data[name]
    nothing = DataConfig(name=name)
    brought = any(own_value(nothing, key) in (None, {}) for key in source.keys)
    if brought or model.source_sha256:
        return Description(name, model.name, source.origin, {})
    found = load(Config(model=model.name, data=nothing))
    return Description(name, model.name, source.origin, {**found.sizes, **found.figures})


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
