"""Whether the store still has the files of the cells that a sweep has sent."""

from collections.abc import Sequence
from dataclasses import replace

from hierbench.errors import StoreError
from hierbench.records import CellResult, RunStatus
from hierbench.shown import warn
from hierbench.tracking import Store, end_run, list_files, log_results
from hierbench.tracking.contract import OF_EVERY_FIT

__all__ = ["without_lost"]


def without_lost(store: Store, results: Sequence[CellResult]) -> list[CellResult]:
    """Return `results`, FAILED those that finished and whose files the store has no more.

    The store is told too, so that `resume` runs them again.
    """
    found = list(results)
    for place, cell in enumerate(found):
        if cell.status is not RunStatus.FINISHED or not cell.sent:
            continue
        try:
            lost = lost_files(store, cell.run_id)
            if lost:
                found[place] = as_lost(store, cell, lost)
        except StoreError as error:
            warn(f"nobody could check whether the store has the files of all cells: {error}")
            break
    return found


def lost_files(store: Store, run_id: str) -> list[str]:
    """Return which files of every fit the run has no more; on this machine without MLflow."""
    if store.location.artifacts is not None:
        folder = store.location.artifacts / run_id / "artifacts"
        if all((folder / name).is_file() for name in OF_EVERY_FIT):
            return []
    there = set(list_files(store, run_id))
    return [name for name in OF_EVERY_FIT if name not in there]


def as_lost(store: Store, cell: CellResult, lost: Sequence[str]) -> CellResult:
    """Return the cell as one that failed, and tell the store."""
    why = f"the store has lost its {', '.join(lost)}: somebody or something deleted them"
    log_results(store, cell.run_id, metrics={}, tags={"failure": why})
    end_run(store, cell.run_id, RunStatus.FAILED)
    return replace(cell, status=RunStatus.FAILED, tags={**cell.tags, "failure": why})
