"""A `Config` from plain nested values that a store holds: checked, never composed or resolved."""

import math
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hierbench.config.schema import Config
from hierbench.errors import ConfigError

__all__ = ["from_plain"]

LARGEST_INTEGER = 2**63 - 1
LONGEST_SHOWN = 40
ALLOWED = {bool: "true or false", int: "integers", float: "finite numbers", str: "text"}


def from_plain(content: Mapping[str, Any]) -> Config:
    """Return the typed configuration of plain nested values, such as those of a stored plan.

    A key that is missing has its default. No text is interpreted: what OmegaConf would resolve
    is refused.

    Raises
    ------
    ConfigError
        If a key is unknown or a value has another type or lies outside its range.
    """
    config = checked("", Config, content)
    assert isinstance(config, Config)
    return config


def checked(key: str, kind: Any, value: object) -> object:
    """Return `value` when it is of the type `kind`, an integer for a float as that float."""
    if is_dataclass(kind):
        return built(key, kind, value)
    if get_origin(kind) in (Union, types.UnionType):
        if value is None:
            return None
        (kind,) = (one for one in get_args(kind) if one is not types.NoneType)
        return checked(key, kind, value)
    if get_origin(kind) is list:
        if not isinstance(value, list):
            raise refusal(key, value, "lists")
        (of,) = get_args(kind)
        return [checked(f"{key}.{place}", of, item) for place, item in enumerate(value)]
    if get_origin(kind) is dict:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise refusal(key, value, "mappings of names")
        _, of = get_args(kind)
        return {name: checked(f"{key}.{name}", of, item) for name, item in value.items()}
    if kind is float and type(value) is int and abs(value) <= LARGEST_INTEGER:
        value = float(value)
    if type(value) is not kind or not allowed(value):
        raise refusal(key, value, ALLOWED[kind])
    return value


def built(key: str, kind: Any, content: object) -> object:
    """Return the dataclass `kind` made of `content`, a mapping of its fields."""
    if not isinstance(content, Mapping):
        raise refusal(key, content, "mappings of keys")
    known = field_types(kind)
    for name in content:
        if name not in known:
            raise ConfigError(
                f"{shown(f'{key}.{name}'.lstrip('.'))}: no such key; known here are "
                f"{', '.join(known)}; choose one of them"
            )
    values = {
        name: checked(f"{key}.{name}".lstrip("."), known[name], value)
        for name, value in content.items()
    }
    made: object = kind(**values)
    return made


@cache
def field_types(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass's fields by their names."""
    return get_type_hints(kind)


def allowed(value: object) -> bool:
    """Return whether a value of the right type has a size, and characters, that all can handle."""
    match value:
        case bool():
            return True
        case int():
            return abs(value) <= LARGEST_INTEGER
        case float():
            return math.isfinite(value)
        case str():
            lone = any("\ud800" <= char <= "\udfff" for char in value)
            return not lone and "\0" not in value and "${" not in value
    return False


def refusal(key: str, value: object, kinds: str) -> ConfigError:
    """Return the error for a value of another kind than its key's."""
    if isinstance(value, str) and "${" in value:
        kinds = "plain values without interpolations"
    place = key or "the configuration"
    return ConfigError(f"{place}={shown(value)}: allowed are {kinds}; give one")


def shown(value: object) -> str:
    """Return `value` on one short, printable line.

    >>> shown("a" * 50), shown({"a": 1})
    ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...', 'a dict')
    """
    if not isinstance(value, str | float | bool | types.NoneType):
        return f"a {type(value).__name__}"
    text = "".join(char if char.isprintable() else "?" for char in str(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
