"""What the store is told of a cell, apart from its fit: begun, sent, lost or not finished."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from hierbench.cell.plan import PlannedCell
from hierbench.disk import write_whole
from hierbench.errors import StoreError
from hierbench.markdown import inline
from hierbench.process import this_process
from hierbench.records import CellResult, RunStatus
from hierbench.tracking import (
    LocalRun,
    NewRun,
    Store,
    artifacts_of,
    as_ended,
    dataset_input,
    ended,
    read,
    send,
    tell,
)
from hierbench.tracking.contract import AT_A_SWEEPS_END, TRACEBACK

__all__ = ["CellPlace", "lose_cell", "new_run", "result_of", "sent", "unfinished"]


@dataclass(frozen=True)
class CellPlace:
    """Where a cell runs and what it belongs to.

    Attributes
    ----------
    folder : Path
        The cell's own folder; it need not exist.
    cores : int
        Chains that may run at once.
    workers : int
        Cells that run at once.
    sweep_id : str or None
        Run id of the sweep; None for a single cell.
    reproduces : str or None
        Run id of the run that this one is to give again.
    shares : tuple of tuple of int
        The cores that each worker of the sweep was given; empty: the cell runs in no worker.
    """

    folder: Path
    cores: int
    workers: int = 1
    sweep_id: str | None = None
    reproduces: str | None = None
    shares: tuple[tuple[int, ...], ...] = ()


def new_run(cell: PlannedCell, place: CellPlace, fingerprint: str) -> NewRun:
    """Return what is known of the cell's run before it is fitted."""
    dataset = cell.dataset
    tags = {
        "cell_key": cell.cell_key,
        "posterior": cell.posterior,
        "fingerprint": fingerprint,
        "process": str(this_process()),
    }
    if place.reproduces:
        tags["reproduces"] = place.reproduces
    if place.sweep_id:
        tags["sweep_id"] = place.sweep_id
    return NewRun(
        kind="cell",
        name=cell.name,
        note=(
            f"**{inline(cell.name)}** on {inline(dataset.name)}: {dataset.summary}.\n\n"
            f"Posterior: {inline(cell.posterior)}. Sampler: {cell.settings.name}, "
            f"{cell.settings.chains} x ({cell.settings.tune} + {cell.settings.draws})."
        ),
        tags=tags,
        params={**cell.params, "cores_per_cell": str(place.cores)},
        colour=cell.form.look.colour,
        parent_id=place.sweep_id,
        dataset=dataset_input(dataset),
    )


def lose_cell(
    cell: PlannedCell, place: CellPlace, store: Store, status: RunStatus, why: str
) -> CellResult:
    """Record a cell whose process is gone: `status`, and `why` as its failure."""
    try:
        run = read(place.folder)
    except (FileNotFoundError, StoreError):
        run = LocalRun(new_run(cell, place, "unknown"))
    if run.status is not RunStatus.RUNNING:
        return result_of(sent(store, place.folder, run))
    with suppress(OSError):
        artifacts_of(place.folder).mkdir(parents=True, exist_ok=True)
        write_whole(artifacts_of(place.folder) / TRACEBACK, f"{why}\n")
    return result_of(unfinished(store, place.folder, run, status, tags={"failure": why}))


def unfinished(
    store: Store,
    folder: Path,
    run: LocalRun,
    status: RunStatus,
    *,
    metrics: Mapping[str, float] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LocalRun:
    """Write that `run` did not finish and send it; tell the store alone where that fails."""
    try:
        run = ended(folder, run, status, metrics=metrics, tags=tags)
    except OSError:
        run = as_ended(run, status, metrics=metrics, tags=tags)
        try:
            return tell(store, folder, run)
        except StoreError as error:
            return replace(run, unsent=str(error))
    return sent(store, folder, run)


def sent(store: Store, folder: Path, run: LocalRun) -> LocalRun:
    """Send `run`; return it with the reason where the store does not take it.

    What its sweep's end reads stays on the local disk until then.
    """
    try:
        return send(store, folder, run, keep=AT_A_SWEEPS_END if run.new.parent_id else ())
    except StoreError as error:
        return replace(run, unsent=str(error))


def result_of(run: LocalRun) -> CellResult:
    """Return how a cell's run stands, for tables and progress."""
    return CellResult(
        name=run.new.name,
        run_id=run.run_id or "",
        status=run.status,
        metrics=run.metrics,
        tags={**run.new.tags, **run.tags},
        params=run.new.params,
        sent=run.sent,
        unsent="" if run.sent else run.unsent,
    )
