"""A configuration that hierbench of schema 1 wrote, as one of schema 2."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from hierbench.config.schema import DataConfig, PriorConfig

__all__ = ["from_earlier", "params_from_earlier"]

PRESENT = {
    "prior": frozenset(field.name for field in fields(PriorConfig)),
    "data": frozenset(field.name for field in fields(DataConfig)),
}
"""Keys of schema 2; what else schema 1 had there were prior scales, now in a mapping `scales`."""

SCALE = (float, int, type(None))
TABLE = ("y_scale", "standardize")
READ: Mapping[str, tuple[str, ...]] = {
    "sacramento": TABLE,
    "ames": TABLE,
    "radon": TABLE,
    "csv": ("path", "group", "x", "y", *TABLE),
    "berlin_rents": ("path", *TABLE),
    "berlin_prices": ("path", *TABLE),
    "berlin_like": ("y_scale", "seed", "rows", "groups", "effects", "residuals"),
    "prior_draw": ("seed", "rows", "groups", "model"),
}
"""The keys that each data set of schema 1 read; the others were stored with their defaults."""

KNOWN = frozenset(key for keys in READ.values() for key in keys)


def from_earlier(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested values of a stored configuration in schema 2.

    What is in schema 2 already, or is no configuration, is returned as it is.

    >>> from_earlier({"prior": {"name": "halfnormal", "mu": 10.0, "tau": None}})
    {'prior': {'name': 'halfnormal', 'scales': {'mu': 10.0}}}
    >>> from_earlier({"data": {"name": "sacramento", "y_scale": 1e5, "rows": 8014}})
    {'data': {'name': 'sacramento', 'y_scale': 100000.0}}
    """
    found = dict(content)
    for group in ("prior", "data"):
        if isinstance(found.get(group), Mapping):
            found[group] = with_scales(found[group], PRESENT[group])
    if isinstance(found.get("data"), Mapping):
        found["data"] = followed(read_alone(found["data"]), found.get("prior"))
    return found


def with_scales(group: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Return the values of a group with the numbers that are none of its `keys` in one mapping.

    What is no number stays where it is, to be refused.
    """
    moved = {key for key in group if key not in keys and isinstance(group[key], SCALE)}
    scales = {key: group[key] for key in group if key in moved and group[key] is not None}
    rest = {key: value for key, value in group.items() if key not in moved}
    return {**rest, "scales": scales} if scales else rest


def read_alone(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of `data` without the keys that its data set does not read.

    What schema 1 did not write there either stays, to be refused.
    """
    name = data.get("name")
    unread = KNOWN - {*READ[name]} if isinstance(name, str) and name in READ else frozenset()
    return {key: value for key, value in data.items() if key not in unread or "${" in str(value)}


def followed(data: Mapping[str, Any], prior: object) -> dict[str, Any]:
    """Return the values of `data` without the scales that are the prior's, which they follow."""
    scales, theirs = data.get("scales"), prior.get("scales") if isinstance(prior, Mapping) else None
    if not isinstance(scales, Mapping) or not isinstance(theirs, Mapping):
        return dict(data)
    own = {name: value for name, value in scales.items() if theirs.get(name) != value}
    rest = {key: value for key, value in data.items() if key != "scales"}
    return {**rest, "scales": own} if own else rest


def params_from_earlier(params: Mapping[str, str]) -> dict[str, str]:
    """Return the flat parameters of a cell of schema 1 without what schema 2 does not log.

    >>> params_from_earlier({"data": "ames", "data.rows": "8014", "prior.tau": "1"})
    {'data': 'ames', 'prior.tau': '1'}
    """
    data = params.get("data", "")
    unread = {f"data.{key}" for key in KNOWN - {*READ[data]}} if data in READ else set()
    follows = {name for name in params if is_scale_of_the_prior(params, name)}
    return {name: text for name, text in params.items() if name not in unread | follows}


def is_scale_of_the_prior(params: Mapping[str, str], name: str) -> bool:
    """Return whether a parameter of the data is a prior scale, and the prior's own."""
    group, _, key = name.partition(".")
    scale = group == "data" and key != "" and key not in PRESENT["data"]
    return scale and params[name] == params.get(f"prior.{key}")
