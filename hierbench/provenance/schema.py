"""The types of provenance.json's parts, which `fingerprint` describes, and their check."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NotRequired, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from hierbench.records import fingerprint_of

__all__ = ["SCHEMA_VERSION", "fault_of", "untagged"]

SCHEMA_VERSION = 1

strict = with_config(ConfigDict(strict=True, extra="forbid"))
"""No value is turned into another type, and no part is unknown."""


@strict
class Hyperprior(TypedDict):
    """Of the posterior that was asked for."""

    family: str
    scales: dict[str, float]


@strict
class Sampler(TypedDict):
    """What the sampler was told; an adaptation that is every sampler's own is not there."""

    name: str
    draws: int
    tune: int
    chains: int
    target_accept: float
    max_treedepth: int
    adaptation: NotRequired[str]


@strict
class Asked(TypedDict):
    """What was asked: the cell key is its hash."""

    arrays_sha256: str
    model: str
    hyperprior: Hyperprior
    parameterization: str
    likelihood: str
    source_sha256: NotRequired[str]
    sampler: Sampler
    seed: int


@strict
class Code(TypedDict):
    """hierbench's own."""

    commit: str | None
    branch: str | None
    dirty: bool | None
    sources_sha256: str
    modules: dict[str, str]


@strict
class Processor(TypedDict):
    """What it computed with."""

    name: str
    features: list[str]
    cores: int | None


@strict
class RanOn(TypedDict):
    """What it ran on: the fingerprint is its hash."""

    code: Code
    python: str
    packages: dict[str, str]
    lock_sha256: str | None
    cpu: Processor
    blas: str
    threads: dict[str, str]
    flags: dict[str, str]
    os: str
    libc: str
    sampler: dict[str, str]
    cores_per_cell: int
    affinity_cores: int


@strict
class ModelFile(TypedDict):
    """Of a user's model, for comparison alone."""

    name: str
    sha256: str
    syntax_sha256: str
    definitions: dict[str, str]


@strict
class Content(TypedDict):
    """All of a provenance.json."""

    schema: int
    cell_key: str
    fingerprint: str
    asked: Asked
    ran_on: RanOn
    model: NotRequired[ModelFile]


@cache
def check() -> TypeAdapter[Content]:
    """Return what checks a content; made at the first use."""
    return TypeAdapter(Content)


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
    try:
        check().validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        ails = {"missing": "missing", "extra_forbidden": "unknown"}
        other = f"a {type(first['input']).__name__}"
        return f"{'.'.join(map(str, first['loc']))} is {ails.get(first['type'], other)}"
    return None


def untagged(content: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """Return the hashes that are not those of a run's tags: tagged and now, by name."""
    now = {
        "cell_key": fingerprint_of(content["asked"]),
        "fingerprint": fingerprint_of(content["ran_on"]),
    }
    return {name: (tags.get(name), now[name]) for name in now if tags.get(name) != now[name]}
