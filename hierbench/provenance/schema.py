"""The types of provenance.json's parts, which `fingerprint` describes, and their check."""

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any

from hierbench.records import fingerprint_of

__all__ = ["SCHEMA_VERSION", "fault_of", "untagged"]

SCHEMA_VERSION = 1

type Schema = tuple[type, ...] | frozenset[type] | list[type] | dict[str, Schema]

TEXT: Schema = (str,)
TEXT_OR_NULL: Schema = (str, NoneType)
FLAG_OR_NULL: Schema = (bool, NoneType)
COUNT: Schema = (int,)
NUMBER: Schema = (int, float)
TEXTS: Schema = [str]
NUMBERS: Schema = [int, float]
LIST_OF_TEXT: Schema = frozenset({str})

ASKED: Schema = {
    "arrays_sha256": TEXT,
    "model": TEXT,
    "hyperprior": {"family": TEXT, "scales": NUMBERS},
    "parameterization": TEXT,
    "likelihood": TEXT,
    "sampler": {
        "name": TEXT,
        "draws": COUNT,
        "tune": COUNT,
        "chains": COUNT,
        "target_accept": NUMBER,
        "max_treedepth": COUNT,
        "adaptation": TEXT,
    },
    "seed": COUNT,
}
RAN_ON: Schema = {
    "code": {
        "commit": TEXT_OR_NULL,
        "branch": TEXT_OR_NULL,
        "dirty": FLAG_OR_NULL,
        "sources_sha256": TEXT,
        "modules": TEXTS,
    },
    "python": TEXT,
    "packages": TEXTS,
    "lock_sha256": TEXT_OR_NULL,
    "cpu": {"name": TEXT, "features": LIST_OF_TEXT, "cores": (int, NoneType)},
    "blas": TEXT,
    "threads": TEXTS,
    "flags": TEXTS,
    "os": TEXT,
    "libc": TEXT,
    "sampler": TEXTS,
    "cores_per_cell": COUNT,
    "affinity_cores": COUNT,
}
PARTS: Schema = {
    "schema": COUNT,
    "cell_key": TEXT,
    "fingerprint": TEXT,
    "asked": ASKED,
    "ran_on": RAN_ON,
}
"""A tuple holds the types of a leaf, a list those of a mapping's values, whatever their names,
a frozenset those of a list's items."""

MAY_MISS = ("asked.sampler.adaptation",)
"""Parts that are there only when they are not the default."""


def fault_of(content: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the content of a provenance.json, None when nothing is.

    >>> fault_of({"schema": 2})
    'schema version 2, this hierbench reads 1'
    >>> fault_of({"schema": 1})
    'cell_key is missing'
    """
    version = content.get("schema")
    if type(version) is not int or version != SCHEMA_VERSION:
        return f"schema version {version}, this hierbench reads {SCHEMA_VERSION}"
    return next(_faults("", content, PARTS), None)


def untagged(content: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """Return the hashes that are not those of a run's tags: tagged and now, by name."""
    now = {
        "cell_key": fingerprint_of(content["asked"]),
        "fingerprint": fingerprint_of(content["ran_on"]),
    }
    return {name: (tags.get(name), now[name]) for name in now if tags.get(name) != now[name]}


def _faults(name: str, value: Any, schema: Schema) -> Iterator[str]:
    if isinstance(schema, tuple):
        if type(value) not in schema:
            yield f"{name} is a {type(value).__name__}"
    elif isinstance(schema, frozenset):
        if not isinstance(value, list) or not {type(item) for item in value} <= schema:
            yield f"{name} is no list of text"
    elif not isinstance(value, Mapping):
        yield f"{name} is no mapping"
    elif isinstance(schema, list):
        for key, item in value.items():
            yield from _faults(f"{name}.{key}", item, tuple(schema))
    else:
        yield from _faults_of_parts(name, value, schema)


def _faults_of_parts(
    name: str, value: Mapping[str, Any], schema: Mapping[str, Schema]
) -> Iterator[str]:
    for key in dict.fromkeys((*schema, *value)):
        place = f"{name}.{key}".lstrip(".")
        if key not in schema:
            yield f"{place} is unknown"
        elif key not in value:
            if place not in MAY_MISS:
                yield f"{place} is missing"
        else:
            yield from _faults(place, value[key], schema[key])
