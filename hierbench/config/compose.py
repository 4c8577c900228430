"""From command-line overrides to a checked `Config`; the one place that calls Hydra's composer."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra import main as hydra_main
from hydra._internal.hydra import Hydra
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from hierbench.config.executors import EXECUTORS
from hierbench.config.flat import without_password
from hierbench.config.options import config_folder
from hierbench.config.overrides import check_overrides, schema
from hierbench.config.scales import as_typed, rewritten
from hierbench.config.schema import Config
from hierbench.errors import ConfigError

__all__ = [
    "answer",
    "compose_cell",
    "composer",
    "composition_errors",
    "to_config",
    "to_values",
    "to_yaml",
]

NOT_OURS = ("hydra", "experiments")
LAUNCHER = "hydra_plugins.hierbench_launcher.SweepLauncher"
SWEEPER = "hydra_plugins.hierbench_launcher.SweepSweeper"


@contextmanager
def composer(folder: Path | None = None) -> Iterator[Hydra]:
    """Give Hydra, started on `conf/` with the schema registered; closed at the end.

    One that a script or a notebook has started is there again afterwards.
    """
    register()
    before = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(
            config_dir=str(folder or config_folder()), job_name="hierbench", version_base="1.3"
        ):
            hydra = GlobalHydra.instance().hydra
            if hydra is None:
                raise ConfigError("Hydra did not start: reinstall hierbench")
            copied_flat(hydra.config_loader)
            yield hydra
    finally:
        GlobalHydra.instance().hydra = before


def copied_flat(loader: Any) -> None:
    """Let Hydra's copy of its sources, which it makes for every composition, be a flat one.

    It replaces the list of sources in the copy and never changes a source; deep copies of all the
    schemas and plugins were a fifth of the time of a composition.
    """
    loader.repository.__deepcopy__ = lambda _: copy(loader.repository)


def register() -> None:
    """Give Hydra the schema and our plugins, in place of its own of the same name."""
    Plugins.instance()  # Hydra stores its own plugins when it first looks for them
    store = ConfigStore.instance()
    store.store(name="base_config", node=Config)
    for name in EXECUTORS:
        store.store(group="hydra/launcher", name=name, node={"_target_": LAUNCHER, "mode": name})
    sweeper = {"_target_": SWEEPER, "max_batch_size": None, "params": None}
    store.store(group="hydra/sweeper", name="basic", node=sweeper)


def compose_cell(hydra: Hydra, overrides: Sequence[str]) -> DictConfig:
    """Compose one cell, after every key and option was found to exist.

    Raises
    ------
    ConfigError
        If an override cannot be parsed, names no key or option, has several values, or one of
        another type.
    """
    asked = rewritten(overrides)
    for override in check_overrides(hydra, asked):
        if override.is_sweep_override():
            raise ConfigError(
                f"{as_typed(str(override.input_line))}: several values, and one cell takes one; "
                "use `hierbench sweep` (--dry-run shows its cells), or quote a value that has a "
                "comma"
            )
    with composition_errors(overrides):
        return compose(config_name="config", overrides=asked)


@contextmanager
def composition_errors(overrides: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra and OmegaConf raise while they compose into one sentence."""
    try:
        yield
    except (HydraException, OmegaConfBaseException, OverflowError) as err:
        raise ConfigError(one_sentence(err, overrides)) from err


def answer(words: Sequence[str]) -> None:
    """Let Hydra answer its own question, such as ``--cfg job``, on standard output.

    Raises
    ------
    ConfigError
        If an override among `words` names no key or option, or has a value of another type.
    """
    with composer() as hydra:
        compose_cell(hydra, [word for word in words if "=" in word and word[0] != "-"])
    sys.argv = ["hierbench", *rewritten(words)]
    ask = hydra_main(str(config_folder()), "config", version_base="1.3")
    with composition_errors(words):
        ask(lambda _: None)()


def to_config(composed: DictConfig) -> Config:
    """Return the typed configuration; ranges are checked here, and a path made absolute.

    Raises
    ------
    ConfigError
        If a value has another type or lies outside its range.
    """
    try:
        config = OmegaConf.to_object(typed(composed))
    except (OmegaConfBaseException, OverflowError) as err:
        raise ConfigError(one_sentence(err, [])) from err
    if not isinstance(config, Config):
        raise ConfigError("the configuration is not a mapping of hierbench's keys")
    if config.data.path is not None:
        config.data.path = absolute("data.path", config.data.path)
    if "/" in config.model or config.model.endswith(".py"):
        config.model = absolute("model", config.model)
    return config


def to_values(composed: DictConfig) -> dict[str, Any]:
    """Return the nested values; types are checked, ranges are not, nothing is resolved.

    Raises
    ------
    ConfigError
        If a value has another type.
    """
    try:
        found: Any = OmegaConf.to_container(typed(composed))
    except (OmegaConfBaseException, OverflowError) as err:
        raise ConfigError(one_sentence(err, [])) from err
    path = found["data"]["path"]
    found["data"]["path"] = None if path is None else absolute("data.path", path)
    return dict(found)


def typed(composed: DictConfig) -> DictConfig:
    """Return our part of `composed`, its values converted to the schema's types."""
    ours = {str(key): composed[key] for key in composed if key not in NOT_OURS}
    merged = OmegaConf.merge(schema(), ours)
    assert isinstance(merged, DictConfig)
    return merged


def absolute(key: str, path: str) -> str:
    """Return `path` as seen from the folder that the program was started in; ~ is the home folder.

    Raises
    ------
    ConfigError
        If it begins with the home folder of a user who has none here.
    """
    try:
        return str(Path(path).expanduser().absolute())
    except RuntimeError as err:
        raise ConfigError(
            f"{key}={path}: ~ stands for a home folder, and there is none of that name here; "
            "write the whole path, or ./~ for a file whose name begins so"
        ) from err


def to_yaml(config: Config) -> str:
    """Return the resolved configuration as YAML, without a password and keys that have no value."""
    values = asdict(without_password(config))
    return OmegaConf.to_yaml(OmegaConf.create(with_values(values)))


def with_values(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested values without those that are null and mappings that are empty."""
    found = {
        key: with_values(value) if isinstance(value, Mapping) else value
        for key, value in group.items()
    }
    return {key: value for key, value in found.items() if value is not None and value != {}}


def one_sentence(err: Exception, overrides: Sequence[str]) -> str:
    """Return the first line of another library's error, with the overrides it speaks of."""
    cause = err.__cause__ or err
    first = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    key = getattr(cause, "full_key", None)
    place = f"{key}: " if key else f"{' '.join(overrides)}: " if overrides else ""
    return as_typed(f"{place}{first.rstrip('.')}; see the README's table of keys")
