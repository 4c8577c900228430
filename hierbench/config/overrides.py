"""Overrides that a user typed: parsed, and every key and option of them found to exist."""

import difflib
from collections.abc import Sequence
from functools import cache

from hydra._internal.hydra import Hydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from hierbench.config.bounds import check_count, check_size
from hierbench.config.executors import EXECUTORS
from hierbench.config.flat import flat
from hierbench.config.schema import Config
from hierbench.errors import ConfigError

__all__ = ["check_overrides", "keys_of_values", "schema"]


@cache
def schema() -> DictConfig:
    """Return every key with its type and default; for reading."""
    known: DictConfig = OmegaConf.structured(Config)
    OmegaConf.set_readonly(known, True)
    return known


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
            _check_options(override, tuple(EXECUTORS))
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
