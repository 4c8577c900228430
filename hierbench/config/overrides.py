"""Overrides that a user typed: parsed, and every key and option of them found to exist."""

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cache

from hydra._internal.hydra import Hydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from hierbench.config.bounds import check_count, check_size, shortened
from hierbench.config.executors import EXECUTORS
from hierbench.config.quoting import quoted, shell_word
from hierbench.config.scales import as_typed, rewritten
from hierbench.config.schema import Config
from hierbench.errors import ConfigError

__all__ = ["check_overrides", "keys_of_values", "schema"]

KEY = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)*")
PLAIN = " _-./\\+$%*@:?|,"
"""What a value may have without quotes, beside letters and digits; a space inside it alone."""

LONGEST_QUOTED = 2000


@cache
def schema() -> DictConfig:
    """Return every key with its type and default; for reading."""
    known: DictConfig = OmegaConf.structured(Config)
    OmegaConf.set_readonly(known, True)
    return known


def check_overrides(hydra: Hydra, overrides: Sequence[str]) -> list[Override]:
    """Return the parsed overrides, each prior scale as a member of its group's mapping.

    Raises
    ------
    ConfigError
        For the first that cannot be parsed, or names no known key or option.
    """
    known, parsed = schema(), []
    for text in rewritten(overrides):
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
                f"{as_typed(text)}: no value, so no cell; write key=a,b,c or key=range(1,4) (a "
                "glob chooses among the options of data, prior, sampler, gate and plots)"
            )
        if key == "hydra/launcher":
            _check_options(override, tuple(EXECUTORS))
        if key.startswith("hydra") or override.is_add() or override.is_delete():
            continue
        if as_typed(key) != key:  # a scale, which the model knows when cells are planned
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
    """Return the sentence for a `text` that is no ``key=value``, or has a value to be quoted."""
    text = as_typed(text)
    key, equals, value = text.partition("=")
    if equals and KEY.fullmatch(key) and is_quotable(value):
        word = shell_word(f"{key}={quoted(value)}")
        return (
            f"{shortened(text)}: {found_in(value)} in a value must be quoted for Hydra, and the "
            f"quotes for the shell; type {word}"
        )
    return f"{shortened(text)}: not an override; write key=value, or key=a,b,c in a sweep"


def is_quotable(value: str) -> bool:
    """Return whether a value that Hydra cannot parse would be text if it were quoted."""
    return bool(found_in(value)) and value[0] not in "'\"[{" and len(value) <= LONGEST_QUOTED


def found_in(value: str) -> str:
    """Return the characters of a value that Hydra does not take without quotes.

    >>> found_in("sqlite:///x.db?timeout=60"), found_in("my homes (1).csv")
    ('=', '( and )')
    """
    found = dict.fromkeys(char for char in value if not (char.isalnum() or char in PLAIN))
    shown = list(map(repr, found)) if any(char.isspace() for char in found) else list(found)
    return " and ".join([*([", ".join(shown[:-1])] if shown[1:] else []), *shown[-1:]])


def dotted(known: DictConfig, above: str = "") -> Iterator[str]:
    """Yield every key of the schema, those of its groups too."""
    for name in known:
        yield f"{above}{name!s}"
        if isinstance(node := known._get_node(name), DictConfig):
            yield from dotted(node, f"{above}{name!s}.")


def unknown_key(key: str, known: DictConfig) -> str:
    """Return the sentence for a `key` that the schema does not have, nearest keys first."""
    parent, _, _ = key.rpartition(".")
    node = OmegaConf.select(known, parent) if parent else known
    siblings = (
        [f"{parent}.{name!s}".lstrip(".") for name in node] if isinstance(node, DictConfig) else []
    )
    every = sorted({*siblings, *(str(name) for name in known)})
    near = difflib.get_close_matches(key, [*dotted(known), *every], n=1)
    hint = f"did you mean {near[0]}?" if near else "choose one of them"
    return f"{key}: no such key; known here are {', '.join(siblings or every)}; {hint}"
