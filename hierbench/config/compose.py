"""From command-line overrides to a checked `Config`; the one place that calls Hydra's composer."""

import difflib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra import main as hydra_main
from hydra._internal.hydra import Hydra
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from hierbench.config.bounds import check_count, check_size
from hierbench.config.labels import joined
from hierbench.config.options import LAUNCHERS, config_folder
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config, TrackingConfig
from hierbench.errors import ConfigError
from hierbench.shown import redacted_uri

__all__ = [
    "LAUNCHERS",
    "answer",
    "check_overrides",
    "compose_cell",
    "composer",
    "composition_errors",
    "config_folder",
    "flat",
    "from_plain",
    "keys_of_values",
    "to_config",
    "to_values",
    "to_yaml",
    "without_password",
]

NOT_OURS = ("hydra", "experiments")
LAUNCHER = "hydra_plugins.hierbench_launcher.SweepLauncher"
SWEEPER = "hydra_plugins.hierbench_launcher.SweepSweeper"


@contextmanager
def composer(folder: Path | None = None) -> Iterator[Hydra]:
    """Give Hydra, started on `conf/` with the schema registered; closed at the end."""
    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(
        config_dir=str(folder or config_folder()), job_name="hierbench", version_base="1.3"
    ):
        hydra = GlobalHydra.instance().hydra
        if hydra is None:
            raise ConfigError("Hydra did not start: reinstall hierbench")
        copied_flat(hydra.config_loader)
        yield hydra


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
    for name in LAUNCHERS:
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
    for override in check_overrides(hydra, overrides):
        if override.is_sweep_override():
            raise ConfigError(
                f"{override.input_line}: several values, and one cell takes one; use "
                "`hierbench sweep` (--dry-run shows its cells), or quote a value that has a comma"
            )
    with composition_errors(overrides):
        return compose(config_name="config", overrides=list(overrides))


@contextmanager
def composition_errors(overrides: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra and OmegaConf raise while they compose into one sentence."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as err:
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
    sys.argv = ["hierbench", *words]
    ask = hydra_main(str(config_folder()), "config", version_base="1.3")
    with composition_errors(words):
        ask(lambda _: None)()


def to_config(composed: DictConfig) -> Config:
    """Return the typed configuration; ranges are checked here, and a relative path made absolute.

    Raises
    ------
    ConfigError
        If a value has another type or lies outside its range.
    """
    try:
        config = OmegaConf.to_object(typed(composed))
    except OmegaConfBaseException as err:
        raise ConfigError(one_sentence(err, [])) from err
    if not isinstance(config, Config):
        raise ConfigError("the configuration is not a mapping of hierbench's keys")
    if config.data.path is not None:
        config.data.path = absolute(config.data.path)
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
    except OmegaConfBaseException as err:
        raise ConfigError(one_sentence(err, [])) from err
    path = found["data"]["path"]
    found["data"]["path"] = None if path is None else absolute(path)
    return dict(found)


@cache
def schema() -> DictConfig:
    """Return every key with its type and default; for reading."""
    known: DictConfig = OmegaConf.structured(Config)
    OmegaConf.set_readonly(known, True)
    return known


def typed(composed: DictConfig) -> DictConfig:
    """Return our part of `composed`, its values converted to the schema's types."""
    ours = {str(key): composed[key] for key in composed if key not in NOT_OURS}
    merged = OmegaConf.merge(schema(), ours)
    assert isinstance(merged, DictConfig)
    return merged


def absolute(path: str) -> str:
    """Return `path` as seen from the folder that the program was started in."""
    return str(Path(path).absolute())


def to_yaml(config: Config) -> str:
    """Return the resolved configuration as YAML, without a password."""
    return OmegaConf.to_yaml(OmegaConf.structured(without_password(config)))


def without_password(config: Config) -> Config:
    """Return `config` with the credentials in its tracking.uri hidden."""
    uri = config.tracking.uri
    return replace(config, tracking=TrackingConfig(uri and redacted_uri(uri)))


def flat(config: Config) -> dict[str, Any]:
    """Return one plain value per key, groups by their name: data, prior, prior.scale, ...

    A password in a URI is hidden.

    >>> flat(Config())["data"], flat(Config())["prior.scale"]
    ('sacramento', 1.0)
    """
    return dict(_flat("", asdict(without_password(config))))


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = prefix if key in ("name", "which") else f"{prefix}.{key}".lstrip(".")
        if isinstance(value, Mapping):
            yield from _flat(name, value)
        elif value is not None:
            yield name, joined(value) if isinstance(value, list) else value


def check_overrides(hydra: Hydra, overrides: Sequence[str]) -> list[Override]:
    """Return the parsed overrides.

    Raises
    ------
    ConfigError
        For the first that cannot be parsed, or names no known key or option.
    """
    known, parsed = schema(), []
    for text in overrides:
        check_size(text)
        try:
            # The plural form gives the override what it needs to list a glob's options.
            (override,) = OverridesParser.create(hydra.config_loader).parse_overrides([text])
        except (HydraException, ValueError) as err:  # a number of too many digits, too
            raise ConfigError(not_an_override(text)) from err
        key = override.key_or_group
        if not key:
            raise ConfigError(not_an_override(text))
        parsed.append(override)
        check_count(parsed)
        if override.is_sweep_override() and not any(True for _ in override.sweep_string_iterator()):
            raise ConfigError(
                f"{text}: no value, so no cell; write key=a,b,c or key=range(1,4) (a glob chooses "
                "among the options of data, prior, sampler, gate and plots)"
            )
        if key == "hydra/launcher":
            _check_options(override, LAUNCHERS)
        if key.startswith("hydra") or override.is_add() or override.is_delete():
            continue
        # Hydra searches the disk for them, and no group has a dot in its name.
        groups = () if "." in key else hydra.config_loader.get_group_options(key, ObjectType.CONFIG)
        if groups:
            _check_options(override, groups)
        elif OmegaConf.select(known, key, default=known) is known:
            raise ConfigError(unknown_key(key, known))
    return parsed


def keys_of_values(parsed: Sequence[Override]) -> tuple[str, ...]:
    """Return the keys and groups that overrides give values, those of Hydra left out.

    Raises
    ------
    ConfigError
        For an override that does more than give a key a value that stands for itself.
    """
    keys = [override.key_or_group for override in parsed]
    for override, key in zip(parsed, keys, strict=True):
        text = str(override.input_line)
        adds = override.is_add() and not override.is_force_add()
        if key == "experiments" or "${" in text or adds or override.is_delete():
            raise ConfigError(
                f"{text}: a sweep is extended by key=value or key=a,b,c alone; write that, or "
                "start a new sweep"
            )
    return tuple(dict.fromkeys(key for key in keys if not key.startswith("hydra")))


def _check_options(override: Override, options: Sequence[str]) -> None:
    values = (
        list(override.sweep_string_iterator())
        if override.is_sweep_override()
        else [override.get_value_element_as_str()]
    )
    for value in values:
        if value not in options:
            raise ConfigError(
                f"{override.key_or_group}={value}: known are {', '.join(options)}; "
                "choose one of them"
            )


def not_an_override(text: str) -> str:
    """Return the sentence for a `text` that is no ``key=value``."""
    return f"{text}: not an override; write key=value, or key=a,b,c in a sweep"


def unknown_key(key: str, known: DictConfig) -> str:
    """Return the sentence for a `key` that the schema does not have, nearest keys first."""
    parent, _, _ = key.rpartition(".")
    node = OmegaConf.select(known, parent) if parent else known
    siblings = [f"{parent}.{name!s}".lstrip(".") for name in node] if node is not None else []
    every = sorted({*siblings, *(str(name) for name in known)})
    near = difflib.get_close_matches(key, [*flat(Config()), *every], n=1)
    hint = f"did you mean {near[0]}?" if near else "choose one of them"
    return f"{key}: no such key; known here are {', '.join(siblings or every)}; {hint}"


def one_sentence(err: Exception, overrides: Sequence[str]) -> str:
    """Return the first line of another library's error, with the overrides it speaks of."""
    cause = err.__cause__ or err
    first = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    key = getattr(cause, "full_key", None)
    place = f"{key}: " if key else f"{' '.join(overrides)}: " if overrides else ""
    return f"{place}{first.rstrip('.')}; see the README's table of keys"
