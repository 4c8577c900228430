"""Overrides from Python values: what a keyword of the API stands for on the command line."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hierbench.config.quoting import quoted, word
from hierbench.errors import ConfigError

__all__ = ["overrides_of"]

LISTS = {"plots.groups"}
"""Keys whose one value is a list."""


def overrides_of(texts: Sequence[str], keys: Mapping[str, object]) -> list[str]:
    """Return the overrides in `texts`, and behind them those of `keys`.

    A value that is text is read as on the command line, so that ``"1,2"`` are two values. A list,
    tuple, range or array gives a sweep its values, a text in it one value whatever its
    characters. A mapping gives the keys below its own.

    Raises
    ------
    ConfigError
        If an override is no text, or a value is of a kind that no key takes.

    >>> overrides_of(["data=ames"], {"seed": range(1, 4), "prior": {"scale": [0.5, 1]}})
    ['data=ames', 'seed=1,2,3', 'prior.scale=0.5,1']
    >>> overrides_of([], {"seed": "1,2", "data.path": Path("my homes.csv")})
    ['seed=1,2', "data.path='my homes.csv'"]
    """
    for text in texts:
        if not isinstance(text, str):
            raise ConfigError(
                f"{text!r}: not an override; write them as text, such as 'seed=1,2', or as "
                "keywords, such as seed=[1, 2]"
            )
    return [*texts, *(f"{key}={text}" for key, text in spelled("", keys))]


def spelled(above: str, keys: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give every key with its value as the command line has it."""
    for name, value in keys.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from spelled(f"{key}.", value)
        elif isinstance(value, str):
            yield key, value
        else:
            yield key, spelled_value(key, value)


def spelled_value(key: str, value: object) -> str:
    """Return a value that is no text as the command line has it."""
    value = value.tolist() if hasattr(value, "tolist") else value  # NumPy's and pandas's
    if not isinstance(value, list | tuple | range):
        return one(key, value)
    if not value:
        raise ConfigError(f"{key}={value!r}: no value; give one or more, or leave it out")
    values = ",".join(one(key, of) for of in value)
    return f"[{values}]" if key in LISTS else values


def one(key: str, value: object) -> str:
    """Return one value as the command line has it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return word(value)
        case Path():
            return quoted(str(value))
    if hasattr(value, "item"):
        return one(key, value.item())
    raise ConfigError(
        f"{key}={value!r}: a {type(value).__name__}; allowed are text, numbers, True, False, "
        "None, a path, and lists of these"
    )
