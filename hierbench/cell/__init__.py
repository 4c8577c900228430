"""One cell from start to end: its run opened, fitted, written, sent and closed."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from hierbench.cell.files import (
    artifacts_folder,
    write_config,
    write_failure,
    write_fit,
    write_record,
)
from hierbench.cell.fit import CompiledModels, FittedCell, fit_cell
from hierbench.cell.plan import PlannedCell, plan_cell
from hierbench.errors import HierbenchError
from hierbench.records import CellResult, RunStatus
from hierbench.tracking import NewRun, Store, end_run, log_files, log_results, start_run

__all__ = ["CellPlace", "CompiledModels", "PlannedCell", "plan_cell", "run_cell"]


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
    """

    folder: Path
    cores: int
    workers: int = 1
    sweep_id: str | None = None


def run_cell(
    cell: PlannedCell, store: Store, compiled: CompiledModels, place: CellPlace
) -> CellResult:
    """Run `cell`; whatever it raises ends it FAILED and is kept, but Ctrl-C ends it KILLED.

    Raises
    ------
    StoreError
        If the store cannot be written: the cell's files then stay in its folder.
    KeyboardInterrupt
        After the run was closed.
    """
    start = perf_counter()
    write_config(cell, place.folder)
    write_record(place.folder, {"cell_key": cell.cell_key, "status": RunStatus.RUNNING})
    run_id = start_run(store, new_run(cell, place))
    try:
        fitted = fit_cell(cell, compiled, place.cores)
        plots = wants_plots(cell, fitted, place)
        write_fit(cell, fitted, place.folder, plots=plots)
        log_files(store, run_id, artifacts_folder(place.folder))
        result = finished(cell, fitted, run_id, perf_counter() - start)
    except KeyboardInterrupt:
        end_run(store, run_id, RunStatus.KILLED)
        raise
    except Exception as error:  # the one place where a cell's failure becomes a record
        write_failure(place.folder, error)
        log_files(store, run_id, artifacts_folder(place.folder))
        result = failed(cell, error, run_id, perf_counter() - start)
    log_results(store, run_id, metrics=result.metrics, tags=result.tags)
    end_run(store, run_id, result.status)
    shutil.rmtree(artifacts_folder(place.folder))
    write_record(
        place.folder, {"cell_key": cell.cell_key, "status": result.status, "run_id": run_id}
    )
    return result


def new_run(cell: PlannedCell, place: CellPlace) -> NewRun:
    """Return what is known of the cell's run before it is fitted."""
    dataset = cell.dataset
    tags = {"cell_key": cell.cell_key, "posterior": cell.posterior}
    if place.sweep_id:
        tags["sweep_id"] = place.sweep_id
    params = {**cell.params, "workers": place.workers, "cores_per_cell": place.cores}
    return NewRun(
        kind="cell",
        name=cell.name,
        note=(
            f"**{cell.name}** on {dataset.name}: {len(dataset.y)} rows, "
            f"{len(dataset.labels)} groups; {dataset.y_name} on {dataset.x_name}.\n\n"
            f"Posterior: {cell.posterior}. Sampler: {cell.settings.name}, "
            f"{cell.settings.chains} x ({cell.settings.tune} + {cell.settings.draws})."
        ),
        tags=tags,
        params={name: plain(value) for name, value in params.items()},
        parent_id=place.sweep_id,
        dataset=dataset,
    )


def plain(value: object) -> str:
    """Return a parameter as MLflow's charts can read it: 4, not 4.0.

    >>> plain(4.0), plain(0.95), plain(True)
    ('4', '0.95', 'True')
    """
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def wants_plots(cell: PlannedCell, fitted: FittedCell, place: CellPlace) -> bool:
    """Return whether this cell is drawn: auto is all in a run and failed in a sweep."""
    which = cell.config.plots.which
    if which == "auto":
        which = "failed" if place.sweep_id else "all"
    return which == "all" or (which == "failed" and bool(fitted.diagnosis.gate_failures))


def finished(
    cell: PlannedCell, fitted: FittedCell, run_id: str, elapsed_seconds: float
) -> CellResult:
    """Return the result of a cell that was fitted."""
    failures = fitted.diagnosis.gate_failures
    return CellResult(
        name=cell.name,
        run_id=run_id,
        status=RunStatus.FINISHED,
        metrics={
            **fitted.diagnosis.metrics,
            "compile_seconds": fitted.compile_seconds,
            "elapsed_seconds": elapsed_seconds,
        },
        tags={
            "worst": fitted.diagnosis.worst,
            "gate": "failed" if failures else "passed",
            "gate_failures": "; ".join(failures),
        },
        params={name: plain(value) for name, value in cell.params.items()},
    )


def failed(
    cell: PlannedCell, error: Exception, run_id: str, elapsed_seconds: float
) -> CellResult:
    """Return the result of a cell that raised."""
    reason = str(error) if isinstance(error, HierbenchError) else f"{type(error).__name__}: {error}"
    return CellResult(
        name=cell.name,
        run_id=run_id,
        status=RunStatus.FAILED,
        metrics={"elapsed_seconds": elapsed_seconds},
        tags={"failure": reason.strip() or type(error).__name__},
        params={name: plain(value) for name, value in cell.params.items()},
    )
