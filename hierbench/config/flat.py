"""A `Config` as one plain value per key, for params and tables; a password is hidden."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from hierbench.config.labels import joined
from hierbench.config.schema import Config, TrackingConfig
from hierbench.shown import redacted_uri

__all__ = ["flat", "is_asked", "without_password"]


def without_password(config: Config) -> Config:
    """Return `config` with the credentials in its tracking.uri hidden."""
    uri = config.tracking.uri
    return replace(config, tracking=TrackingConfig(uri and redacted_uri(uri)))


def flat(config: Config) -> dict[str, Any]:
    """Return one plain value per key, groups by their name: data, prior, prior.scale, ...

    A prior scale has the name that a user types, prior.tau. A password in a URI is hidden.

    >>> flat(Config())["data"], flat(Config())["prior.scale"]
    ('sacramento', 1.0)
    """
    return dict(_flat("", asdict(without_password(config))))


def is_asked(name: str) -> bool:
    """Return whether a parameter of a run is part of what was asked, not what follows from it.

    >>> is_asked("prior.scale"), is_asked("model"), is_asked("variant"), is_asked("rows")
    (True, True, False, False)
    """
    return name.partition(".")[0] in {field.name for field in fields(Config)}


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = prefix if key in ("name", "which", "scales") else f"{prefix}.{key}".lstrip(".")
        if isinstance(value, Mapping):
            yield from _flat(name, value)
        elif value is not None:
            yield name, joined(value) if isinstance(value, list) else value
