"""A `Config` as one plain value per key, for params and tables; a password is hidden."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from hierbench.config.labels import joined
from hierbench.config.schema import Config, TrackingConfig
from hierbench.shown import redacted_uri

__all__ = ["flat", "without_password"]


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
