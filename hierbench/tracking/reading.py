"""Reading runs back: one run, a sweep's cells, files of a run."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from mlflow.entities import Run

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking.contract import SIZE_PREFIX, tag
from hierbench.tracking.earlier import READABLE, Content, at_present
from hierbench.tracking.location import Location
from hierbench.tracking.looking import NoRuns, look
from hierbench.tracking.store import Store, store_errors

__all__ = [
    "TrackedRun",
    "cells_of",
    "every_cell",
    "file_hash",
    "find_run",
    "latest_sweep",
    "past_cells",
    "unfinished",
]

PAGE = 1000
LATEST_MS = 2**42
"""In the year 2109, which every calendar has."""

CELLS = f"tags.`{tag('kind')}` = 'cell'"
SHORTEST_PREFIX = 8
SHA256 = re.compile(r"[0-9a-f]{64}")
PREFIX = re.compile(r"[0-9A-Za-z_-]+")
SIZE = re.compile(rf"{SIZE_PREFIX}[a-z][a-z_]*")
LARGEST_SIZE = 2**53


@dataclass(frozen=True)
class TrackedRun:
    """One run as the store has it.

    Attributes
    ----------
    tags : mapping of str to str
        Ours, without the prefix, and MLflow's, with theirs.
    """

    run_id: str
    name: str
    status: RunStatus
    started_seconds: float
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]

    @property
    def kind(self) -> str:
        """Cell or sweep; empty where the store does not say."""
        return self.tags.get("kind", "")


def find_run(store: Store, run_id: str) -> TrackedRun:
    """Return the run whose id is, or begins with, `run_id` (8 characters or more).

    Raises
    ------
    StoreError
        If there is none or more than one, or it was not written by this version of hierbench.
    """
    if len(run_id) < SHORTEST_PREFIX:
        raise StoreError(
            f"{run_id}: {len(run_id)} characters of a run's id; give {SHORTEST_PREFIX} or more"
        )
    query = f"attributes.run_id LIKE '{run_id}%'"  # _ is a wildcard there: look again
    searched = _search(store, query) if PREFIX.fullmatch(run_id) else ()
    found = [run for run in searched if run.info.run_id.startswith(run_id)]
    if not found:
        raise StoreError(
            f"{run_id}: no run has this id; `hierbench compare` and the MLflow UI show the ids "
            "of the store"
        )
    if len(found) > 1:
        raise StoreError(f"{run_id}: {len(found)} runs begin like this; give more characters")
    if found[0].data.tags.get(tag("schema")) is None:
        raise StoreError(f"{run_id}: a run that hierbench did not write; choose one that it did")
    refuse_unknown(found[0], run_id)
    fault = fault_of(found[0])
    if fault:
        raise StoreError(
            f"{run_id}: its record in the store is damaged ({fault}); choose another run, or "
            "delete it in the MLflow UI: hierbench ui"
        )
    return _tracked(found[0])


def refuse_unknown(run: Run, run_id: str) -> None:
    """Raise StoreError where a run was written under a tracking contract that is not read."""
    schema = run.data.tags.get(tag("schema"))
    if schema is not None and schema not in READABLE:
        raise StoreError(
            f"{run_id}: tracking contract {schema}, this hierbench reads {' and '.join(READABLE)}; "
            "use the version that made the run"
        )


def fault_of(run: Run) -> str | None:
    """Return what keeps a run from being one that hierbench wrote, None when nothing does."""
    if not run.data.tags.get(tag("kind")):
        return f"it has no tag {tag('kind')}"
    if not is_time(run.info.start_time):
        return f"it started at no time there is: {run.info.start_time} ms since 1970"
    return None


def is_time(moment: object) -> bool:
    """Return whether `moment` is a time in milliseconds since 1970 that calendars have."""
    return isinstance(moment, int) and 0 <= moment < LATEST_MS


def latest_sweep(store: Store) -> TrackedRun:
    """Return the sweep that started last.

    Raises
    ------
    StoreError
        If the store holds none.
    """
    for run in _search(store, f"tags.`{tag('kind')}` = 'sweep'"):
        return _tracked(run)
    raise StoreError("the store holds no sweep; start one with `hierbench sweep`")


def cells_of(store: Store, sweep_id: str) -> list[TrackedRun]:
    """Return the cells of a sweep, oldest first, without those that were run again.

    Raises
    ------
    StoreError
        If one was written under a tracking contract that is not read.
    """
    found = list(_search(store, f"tags.`{tag('sweep_id')}` = '{sweep_id}' and {CELLS}"))
    for run in found:
        refuse_unknown(run, run.info.run_id)
    return cells_among(found)


def every_cell(store: Store) -> list[TrackedRun]:
    """Return all cells of a store, the oldest first, without those that were run again."""
    return cells_among(run for run in _search(store, CELLS) if is_readable(run))


def cells_among(runs: Iterable[Run]) -> list[TrackedRun]:
    """Return the cells among `runs`, which are given latest first, the oldest first."""
    cells = [_tracked(run) for run in runs if is_cell(run)]
    return [cell for cell in reversed(cells) if "superseded_by" not in cell.tags]


def is_readable(run: Run) -> bool:
    """Return whether a run was written under a tracking contract that is read."""
    return run.data.tags.get(tag("schema")) in READABLE


def is_cell(run: Run) -> bool:
    """Return whether a run has what every cell is known by; a damaged one is passed over."""
    tagged = all(run.data.tags.get(tag(name)) for name in ("cell_key", "posterior"))
    return tagged and bool(run.data.params.get("parameterization"))


def past_cells(location: Location) -> list[TrackedRun]:
    """Return the finished cells of the store at `location`, none where there is no store yet."""
    try:
        store = look(location)
    except NoRuns:
        return []
    query = f"attributes.status = 'FINISHED' and {CELLS}"
    return [_tracked(run) for run in _search(store, query) if is_readable(run)]


def unfinished(store: Store) -> list[TrackedRun]:
    """Return every run of ours whose status is RUNNING."""
    running = _search(store, "attributes.status = 'RUNNING'")
    return [_tracked(run) for run in running if is_readable(run)]


def file_hash(store: Store, run_id: str) -> str | None:
    """Return the sha256 of the file that a run's data were read from, None where there is none."""
    with store_errors(store.location.uri):
        inputs = store.client.get_run(run_id).inputs
    for given in inputs.dataset_inputs if inputs else ():
        try:
            found = json.loads(given.dataset.source)["sha256"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(found, str) and SHA256.fullmatch(found):
            return found
    return None


def sizes_of(run: Run) -> dict[str, int]:
    """Return the sizes of a run's data, by name, as `dataset_input` wrote them.

    What is not a whole number from 0 on under a name is left out.
    """
    sizes = {}
    for given in run.inputs.dataset_inputs if run.inputs else ():
        try:
            found = dict(json.loads(given.dataset.profile or "{}"))
        except (ValueError, TypeError, RecursionError):
            continue
        for name, size in found.items():
            if SIZE.fullmatch(name) and type(size) is int and 0 <= size < LARGEST_SIZE:
                sizes[name.removeprefix(SIZE_PREFIX)] = size
    return sizes


def _search(store: Store, query: str) -> Iterator[Run]:
    token: str | None = None
    while True:
        with store_errors(store.location.uri):
            page: Sequence[Run] = store.client.search_runs(
                [store.experiment_id],
                query,
                max_results=PAGE,
                order_by=["attributes.start_time DESC"],
                page_token=token,
            )
        yield from page
        token = getattr(page, "token", None)
        if not token:
            return


def _tracked(run: Run) -> TrackedRun:
    prefix, started = tag(""), run.info.start_time
    found = at_present(
        Content(
            tags={name.removeprefix(prefix): value for name, value in run.data.tags.items()},
            params=dict(run.data.params),
            metrics={name: value for name, value in run.data.metrics.items() if isfinite(value)},
            sizes=sizes_of(run),
        )
    )
    return TrackedRun(
        run_id=run.info.run_id,
        name=run.info.run_name or "",
        status=status_of(run.info.status),
        started_seconds=started / 1000 if is_time(started) else 0.0,
        tags=found.tags,
        params=found.params,
        metrics=found.metrics,
    )


def status_of(word: str) -> RunStatus:
    """Return MLflow's status; a run that another tool has only scheduled has not ended either."""
    return RunStatus.RUNNING if word == "SCHEDULED" else RunStatus(word)
