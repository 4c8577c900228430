"""Reading a run's files from a store that is not trusted.

JSON and YAML are parsed as plain data. Nothing read here is executed, installed, applied or
resolved.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml

from hierbench.errors import StoreError
from hierbench.shown import printable
from hierbench.tracking.contract import CONFIG, PLAN, POSTERIOR, PROVENANCE
from hierbench.tracking.fetching import AtHand, fetched, held_at_hand, way
from hierbench.tracking.store import Store

__all__ = [
    "damaged",
    "recorded_config",
    "recorded_plan",
    "recorded_posterior",
    "recorded_provenance",
]

MAX_DEPTH = 20


def recorded_config(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of the run's config.yaml: plain values, whatever tags it carries.

    Raises
    ------
    StoreError
        If it is gone, too large or no YAML mapping of plain values.
    """
    path = fetched(store, run_id, CONFIG, folder)
    try:
        text = path.read_text(encoding="utf-8")
        refuse_bombs(text)
        content = yaml.safe_load(text)
        # OmegaConf would put environment variables, secrets too, in place of these.
        if any("${" in leaf for leaf in texts(content)):
            raise ValueError("it has interpolations, which hierbench does not write")
    except (yaml.YAMLError, ValueError, RecursionError) as err:
        raise damaged(run_id, CONFIG, err) from err
    return mapping(content, run_id, CONFIG)


def recorded_provenance(
    store: Store, run_id: str, folder: Path, at_hand: AtHand | None = None
) -> dict[str, Any]:
    """Return the content of the run's provenance.json: finite numbers, text, lists, mappings.

    It is read from `at_hand` where it is there.

    Raises
    ------
    StoreError
        If it is gone, too large or no JSON mapping.
    """
    return recorded_json(store, run_id, PROVENANCE, folder, at_hand)


def recorded_plan(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of a sweep's plan.json: finite numbers, text, lists, mappings.

    Raises
    ------
    StoreError
        If it is gone, too large or no JSON mapping.
    """
    return recorded_json(store, run_id, PLAN, folder)


def recorded_json(
    store: Store, run_id: str, name: str, folder: Path, at_hand: AtHand | None = None
) -> dict[str, Any]:
    """Return the content of one of a run's JSON files."""
    path = held_at_hand(at_hand, run_id, name) or fetched(store, run_id, name, folder)
    try:
        content = json.loads(
            path.read_text(encoding="utf-8"),
            parse_constant=refuse_constant,
            object_pairs_hook=once_each,
        )
        json.dumps(content, allow_nan=False)
    except (ValueError, RecursionError) as err:
        raise damaged(run_id, name, err) from err
    return mapping(content, run_id, name)


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the mapping of `pairs`; raise ValueError where a name is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def refuse_bombs(text: str) -> None:
    """Raise ValueError for YAML that is short and yet costs minutes or gigabytes to read."""
    depth = 0
    for event in yaml.parse(text):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("it has aliases, which hierbench does not write")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError(f"it is more than {MAX_DEPTH} levels deep")


def texts(content: object) -> Iterator[str]:
    """Yield every text in plain nested content, the names of mappings too."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from texts(name)
            yield from texts(value)
    elif isinstance(content, list | tuple | set):
        for value in content:
            yield from texts(value)


def refuse_constant(name: str) -> NoReturn:
    """Raise ValueError for what Python's JSON alone knows: NaN and Infinity."""
    raise ValueError(f"{name} is no JSON")


def recorded_posterior(store: Store, run_id: str, folder: Path) -> Path:
    """Return a local copy of the run's posterior.nc.

    Raises
    ------
    StoreError
        If it is gone or too large.
    """
    return fetched(store, run_id, POSTERIOR, folder)


def mapping(content: object, run_id: str, name: str) -> dict[str, Any]:
    """Return `content` when it is a mapping of names.

    Raises
    ------
    StoreError
        If it is anything else.
    """
    if isinstance(content, Mapping) and all(isinstance(key, str) for key in content):
        return dict(content)
    raise damaged(run_id, name, f"a {type(content).__name__}, not a mapping of names")


def damaged(run_id: str, name: str, reason: object) -> StoreError:
    """Return the error for a file that cannot be read."""
    first = (str(reason).strip() or type(reason).__name__).splitlines()[0].rstrip(".")
    shown = printable(first)
    return StoreError(f"{run_id}: its {name} is altered or damaged ({shown}); {way(name)}")
