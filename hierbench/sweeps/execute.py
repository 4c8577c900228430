"""One sweep from start to end: its parent run, its cells, its table."""

import json
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from hierbench.cell import CellPlace, PlannedCell
from hierbench.comparison import Cell, Comparison
from hierbench.config.executors import EXECUTORS
from hierbench.disk import write_whole
from hierbench.errors import StoreError
from hierbench.executors.seam import Work, executor_of
from hierbench.locks import held, released
from hierbench.models.recalled import write_text
from hierbench.process import cores_of_workers
from hierbench.records import CellResult, RunStatus
from hierbench.shown import warn
from hierbench.sweeps.copies import with_copies
from hierbench.sweeps.kept import without_lost
from hierbench.sweeps.parent import close_sweep, parent_run
from hierbench.sweeps.plan import SweepPlan, stored
from hierbench.sweeps.progress import board
from hierbench.tracking import (
    LocalRun,
    Location,
    Store,
    artifacts_of,
    end_run,
    find_sent,
    log_files,
    not_kept,
    open_run,
    prepare_views,
    set_tag,
    write,
)
from hierbench.tracking.contract import MODEL, PLAN

__all__ = [
    "SweepOutcome",
    "finish_cells",
    "keep_plan",
    "lock_sweep",
    "new_sweep",
    "run_plan",
    "supersede",
    "sweep_folder",
]

LOCK = "lock"


@dataclass(frozen=True)
class SweepOutcome:
    """How a sweep ended.

    Attributes
    ----------
    location : Location
        Of the store.
    cells : tuple of Cell
        Every cell of the plan: those that ran now and those that had finished before.
    results : tuple of CellResult
        Those that ran now.
    agreement : str
        Whether the settings that share a posterior agree, in a sentence.
    comparison : Comparison or None
        That the report shows; None where making it failed.
    parent_sent : bool
        Whether the store has the sweep's own run.
    """

    sweep_id: str
    location: Location
    cells: tuple[Cell, ...]
    results: tuple[CellResult, ...]
    agreement: str = ""
    comparison: Comparison | None = None
    parent_sent: bool = True

    @property
    def failed(self) -> tuple[CellResult, ...]:
        """The cells that ran now and did not finish."""
        return tuple(cell for cell in self.results if cell.status is not RunStatus.FINISHED)

    @property
    def unsent(self) -> int:
        """How many results wait on the local disk for the store."""
        return sum(not cell.sent for cell in self.results)

    @property
    def is_kept(self) -> bool:
        """Whether every cell that ran now finished, and the store has all of the sweep."""
        return not self.failed and not self.unsent and self.parent_sent

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the store has not taken results, each reason once."""
        return tuple(dict.fromkeys(cell.unsent for cell in self.results if cell.unsent))


def sweep_folder(store: Store, sweep_id: str) -> Path:
    """Return the local folder of a sweep."""
    return store.location.sweeps / sweep_id


def run_plan(plan: SweepPlan, store: Store, console: Console, verb: str = "sweep") -> SweepOutcome:
    """Run `plan` as a new sweep, of which the store says that `hierbench VERB ...` made it.

    Raises
    ------
    StoreError
        If the sweep cannot begin.
    KeyboardInterrupt
        After all its runs were closed.
    """
    sweep_id = new_sweep(plan, store, shlex.join(["hierbench", verb, *plan.overrides]))
    return finish_cells(plan, store, sweep_id, console)


def new_sweep(plan: SweepPlan, store: Store, command: str) -> str:
    """Open the parent run of `plan`, keep the plan in it, lock the sweep and return its id.

    Raises
    ------
    StoreError
        If the store does not answer, or the local folder cannot be written; nothing is left.
    """
    # No process id alone: a program in another container may have the same one.
    opening = store.location.sweeps / f"opening-{uuid4().hex[:12]}"
    begun = LocalRun(parent_run(plan, command))
    try:
        run = open_run(store, opening, write(opening, begun))
        sweep_id = str(run.run_id)
        opening.rename(sweep_folder(store, sweep_id))
        lock_sweep(sweep_folder(store, sweep_id), sweep_id)
        keep_plan(plan, store, sweep_id)
    except (OSError, StoreError) as error:
        abandon(store, begun, opening)
        raise not_kept(opening, error) if isinstance(error, OSError) else error from error
    with suppress(StoreError):  # for the eyes alone: a sweep runs without
        prepare_views(store)
    return sweep_id


def abandon(store: Store, begun: LocalRun, opening: Path) -> None:
    """End FAILED the parent run of a sweep that could not begin, and remove its folder."""
    shutil.rmtree(opening, ignore_errors=True)
    with suppress(StoreError):
        run_id = find_sent(store, begun.send_id)
        if run_id:
            shutil.rmtree(sweep_folder(store, run_id), ignore_errors=True)
            end_run(store, run_id, RunStatus.FAILED)


def keep_plan(plan: SweepPlan, store: Store, sweep_id: str) -> None:
    """Write the plan into the parent run, from which `resume` reads it."""
    artifacts = artifacts_of(sweep_folder(store, sweep_id))
    try:
        artifacts.mkdir(parents=True, exist_ok=True)
        write_whole(artifacts / PLAN, json.dumps(stored(plan), indent=1))
        for source in {cell.source for cell in plan.cells}:
            write_text(source, artifacts / MODEL)
    except OSError as error:
        raise not_kept(artifacts.parent, error) from error
    log_files(store, sweep_id, artifacts)


def lock_sweep(folder: Path, sweep_id: str) -> None:
    """Keep every other process from running cells of this sweep until it has ended here.

    Raises
    ------
    StoreError
        If another process runs it now.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = held(folder / LOCK)
    except OSError as error:
        raise not_kept(folder, error) from error
    if not free:
        raise StoreError(
            f"{sweep_id}: another process is running this sweep; wait for it, or see it with "
            f"`hierbench status {sweep_id[:8]} --watch`"
        )


def finish_cells(
    plan: SweepPlan,
    store: Store,
    sweep_id: str,
    console: Console,
    *,
    finished: Mapping[str, Cell] | None = None,
    stale: Mapping[str, Sequence[str]] | None = None,
) -> SweepOutcome:
    """Run the cells of `plan` that are not `finished`, and end the parent run.

    Parameters
    ----------
    finished : mapping of str to Cell
        By cell_key.
    stale : mapping of str to sequence of str
        By cell_key, ids of the runs that a new one takes the place of.

    Raises
    ------
    KeyboardInterrupt
        After the cells in hand and the parent were ended KILLED.
    """
    before = finished or {}
    missing = [cell for cell in plan.cells if cell.cell_key not in before]
    results: list[CellResult] = []
    status = RunStatus.KILLED
    try:
        with board(len(plan.cells), len(before), console) as shown:
            for result in launched(missing, plan, store, sweep_id):
                results.append(result)
                shown.cell_ended(result)
                old = (stale or {}).get(result.tags["cell_key"], ())
                if result.sent:
                    with suppress(StoreError):  # the next `resume` does it
                        supersede(store, old, result.run_id)
        results = without_lost(store, results)
        whole = all(cell.status is RunStatus.FINISHED for cell in results)
        status = RunStatus.FINISHED if whole else RunStatus.FAILED
    finally:
        every = (*before.values(), *results)
        closed = close_sweep(store, sweep_id, len(plan.cells), every, status)
        if closed.unsent:
            warn(closed.unsent)
        released(sweep_folder(store, sweep_id) / LOCK)
    return SweepOutcome(
        sweep_id,
        store.location,
        every,
        tuple(results),
        closed.agreement,
        closed.comparison,
        parent_sent=not closed.unsent,
    )


def launched(
    cells: Sequence[PlannedCell], plan: SweepPlan, store: Store, sweep_id: str
) -> Iterator[CellResult]:
    """Run `cells` as the plan's launcher does and give each result as it comes."""
    folder = sweep_folder(store, sweep_id)
    shares = tuple(map(tuple, cores_of_workers(plan.workers)))
    apart = EXECUTORS[plan.mode].apart
    everywhere = CellPlace(
        folder, len(shares[0]), plan.workers, sweep_id, shares=shares if apart else ()
    )
    placed = [
        (cell, replace(everywhere, folder=fresh(folder / cell.cell_key[:12])))
        for cell in with_copies(cells, folder)
    ]
    executor = executor_of(plan.mode)
    yield from executor.results(executor.submit(Work(placed, store, plan.workers, folder)))


def fresh(folder: Path) -> Path:
    """Return `folder`, or the first of its numbered successors that does not exist."""
    attempt, place = 1, folder
    while place.exists():
        attempt += 1
        place = folder.with_name(f"{folder.name}-{attempt}")
    return place


def supersede(store: Store, stale: Sequence[str], run_id: str) -> None:
    """Mark the `stale` runs as those that the run `run_id` takes the place of."""
    for old in stale:
        set_tag(store, old, "superseded_by", run_id)
