"""One cell from start to end: fitted, written to the local disk, then sent to the store."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from hierbench.cell.files import write_config, write_failure, write_fit, write_provenance
from hierbench.cell.fit import CompiledModels, FittedCell, fit_cell
from hierbench.cell.plan import PlannedCell, is_supported, plan_cell
from hierbench.disk import trouble, write_whole
from hierbench.errors import HierbenchError, StoreError
from hierbench.machine import Meter, timing_reasons
from hierbench.markdown import inline
from hierbench.process import this_process
from hierbench.provenance import Provenance, took_place
from hierbench.records import CellResult, RunStatus
from hierbench.samplers import backend_of
from hierbench.shown import redacted, secrets_in
from hierbench.tracking import (
    LocalRun,
    NewRun,
    Store,
    artifacts_of,
    as_ended,
    dataset_input,
    ended,
    open_run,
    read,
    send,
    tell,
    write,
)
from hierbench.tracking.contract import OF_EVERY_FIT, TRACEBACK

__all__ = [
    "CellPlace",
    "CompiledModels",
    "PlannedCell",
    "is_supported",
    "lose_cell",
    "plan_cell",
    "result_of",
    "run_cell",
]


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


def run_cell(
    cell: PlannedCell, store: Store, compiled: CompiledModels, place: CellPlace
) -> CellResult:
    """Run `cell`; what it raises ends it FAILED and is kept, and Ctrl-C ends it KILLED.

    A store that does not answer costs nothing: the cell's folder waits for `sync`. A folder that
    cannot be written ends the cell FAILED, and the store is told without it.

    Raises
    ------
    KeyboardInterrupt
        After the run was closed.
    """
    meter = Meter.start()
    provenance = Provenance(cell.asked, took_place(backend_of(cell.settings.name), place.cores))
    run = LocalRun(new_run(cell, place, provenance.fingerprint))
    artifacts = artifacts_of(place.folder)
    try:
        write(place.folder, run)
        write_config(cell, artifacts)
        write_provenance(provenance, artifacts)
        with suppress(StoreError):
            run = open_run(store, place.folder, run)
        fitted = fit_cell(cell, compiled, place.cores)
        write_fit(cell, fitted, artifacts, plots=wants_plots(cell, fitted, place))
        metrics, tags = found(fitted, meter.read(), place)
        run = replace(run, files=OF_EVERY_FIT)
        run = ended(place.folder, run, RunStatus.FINISHED, metrics=metrics, tags=tags)
    except KeyboardInterrupt:
        unfinished(store, place.folder, run, RunStatus.KILLED)
        raise
    except Exception as error:  # the one place where a cell's failure becomes a record
        secrets = secrets_in((store.location.uri,)) + secrets_in(os.environ)
        with suppress(OSError):
            write_failure(error, artifacts, secrets)
        tags = {"failure": redacted(reason(error), *secrets)}
        run = unfinished(
            store, place.folder, run, RunStatus.FAILED, metrics=meter.read(), tags=tags
        )
        return result_of(run)
    return result_of(sent(store, place.folder, run))


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
    """Send `run`; return it with the reason where the store does not take it."""
    try:
        return send(store, folder, run)
    except StoreError as error:
        return replace(run, unsent=str(error))


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
            f"**{inline(cell.name)}** on {inline(dataset.name)}: {len(dataset.y)} rows, "
            f"{len(dataset.labels)} groups; {inline(dataset.y_name)} on "
            f"{inline(dataset.x_name)}.\n\n"
            f"Posterior: {inline(cell.posterior)}. Sampler: {cell.settings.name}, "
            f"{cell.settings.chains} x ({cell.settings.tune} + {cell.settings.draws})."
        ),
        tags=tags,
        params={**cell.params, "cores_per_cell": str(place.cores)},
        parent_id=place.sweep_id,
        dataset=dataset_input(dataset),
    )


def wants_plots(cell: PlannedCell, fitted: FittedCell, place: CellPlace) -> bool:
    """Return whether this cell is drawn: auto is all in a run and failed in a sweep."""
    which = cell.config.plots.which
    if which == "auto":
        which = "failed" if place.sweep_id else "all"
    return which == "all" or (which == "failed" and bool(fitted.diagnosis.gate_failures))


def found(
    fitted: FittedCell, taken: Mapping[str, float], place: CellPlace
) -> tuple[dict[str, float], dict[str, str]]:
    """Return the metrics and tags of a cell that was fitted; an undefined metric is left out."""
    failures = fitted.diagnosis.gate_failures
    reasons = timing_reasons(fitted.window, place.shares)
    every = {**fitted.metrics, **taken}
    tags = {
        "draws_digest": fitted.draws_digest,
        "compiled": fitted.compiled,
        "worst": fitted.diagnosis.worst,
        **{f"worst.{block}": name for block, name in fitted.diagnosis.worst_of_block.items()},
        "gate": "failed" if failures else "passed",
        "gate_failures": "; ".join(failures),
        "timing_valid": "false" if reasons else "true",
        "timing_reasons": "; ".join(reasons),
    }
    return {name: value for name, value in every.items() if isfinite(value)}, tags


def reason(error: Exception) -> str:
    """Return why a cell failed."""
    text = str(error) if isinstance(error, HierbenchError) else f"{type(error).__name__}: {error}"
    ails = trouble(error)
    if ails:
        text = f"{ails}, {text}; mend that and run the cell again"
    return text.strip() or type(error).__name__


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
