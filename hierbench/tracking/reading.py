"""Reading runs back: one run, a sweep's cells, files of a run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlflow.entities import Run

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking.contract import SCHEMA_VERSION, tag
from hierbench.tracking.location import Location
from hierbench.tracking.moved import files_here
from hierbench.tracking.store import Store, open_store, store_errors

__all__ = [
    "TrackedRun",
    "cells_of",
    "download",
    "find_run",
    "latest_sweep",
    "list_files",
    "past_cells",
    "unfinished",
]

PAGE = 1000
SHORTEST_PREFIX = 8
PREFIX = re.compile(r"[0-9A-Za-z_-]+")


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
        """Cell or sweep."""
        return self.tags["kind"]


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
    schema = found[0].data.tags.get(tag("schema"))
    if schema is None:
        raise StoreError(f"{run_id}: a run that hierbench did not write; choose one that it did")
    if schema != SCHEMA_VERSION:
        raise StoreError(
            f"{run_id}: tracking contract {schema}, this hierbench reads {SCHEMA_VERSION}; "
            "use the version that made the run"
        )
    return _tracked(found[0])


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
    """Return the cells of a sweep, oldest first, without those that were run again."""
    query = f"tags.`{tag('sweep_id')}` = '{sweep_id}' and tags.`{tag('kind')}` = 'cell'"
    cells = [_tracked(run) for run in _search(store, query)]
    return [cell for cell in reversed(cells) if "superseded_by" not in cell.tags]


def past_cells(location: Location) -> list[TrackedRun]:
    """Return the finished cells of the store at `location`, none where there is no store yet."""
    if location.file is not None and not location.file.exists():
        return []
    store = open_store(location, create=False)
    query = f"attributes.status = 'FINISHED' and tags.`{tag('kind')}` = 'cell'"
    return [_tracked(run) for run in _search(store, query)]


def unfinished(store: Store) -> list[TrackedRun]:
    """Return every run of ours whose status is RUNNING."""
    ours = f"tags.`{tag('schema')}` = '{SCHEMA_VERSION}'"
    return [_tracked(run) for run in _search(store, f"attributes.status = 'RUNNING' and {ours}")]


def list_files(store: Store, run_id: str) -> list[str]:
    """Return the paths of a run's artifacts, sorted."""
    here = files_here(store, run_id)

    def walk(folder: str | None) -> Iterator[str]:
        found = here.list_artifacts(folder) if here else None
        for item in store.client.list_artifacts(run_id, folder) if found is None else found:
            if item.is_dir:
                yield from walk(item.path)
            else:
                yield item.path

    with store_errors(store.location.uri):
        return sorted(walk(None))


def download(store: Store, run_id: str, path: str, folder: Path) -> Path:
    """Copy one artifact into `folder` and return its place there."""
    here = files_here(store, run_id)
    with store_errors(store.location.uri):
        if here:
            return Path(here.download_artifacts(path, str(folder)))
        return Path(store.client.download_artifacts(run_id, path, str(folder)))


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
    prefix = tag("")
    return TrackedRun(
        run_id=run.info.run_id,
        name=run.info.run_name or "",
        status=status_of(run.info.status),
        started_seconds=run.info.start_time / 1000,
        tags={name.removeprefix(prefix): value for name, value in run.data.tags.items()},
        params=dict(run.data.params),
        metrics=dict(run.data.metrics),
    )


def status_of(word: str) -> RunStatus:
    """Return MLflow's status; a run that another tool has only scheduled has not ended either."""
    return RunStatus.RUNNING if word == "SCHEDULED" else RunStatus(word)
