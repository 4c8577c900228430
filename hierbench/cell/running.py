"""The run of one cell: fitted, written to the local disk, then sent to the store."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from math import isfinite

from hierbench.cell.files import write_config, write_failure, write_fit, write_provenance
from hierbench.cell.fit import CompiledModels, FittedCell, fit_cell
from hierbench.cell.plan import PlannedCell
from hierbench.cell.telling import CellPlace, new_run, result_of, sent, unfinished
from hierbench.disk import trouble
from hierbench.errors import HierbenchError, StoreError
from hierbench.machine import Meter, timing_reasons
from hierbench.models.recalled import model_record, write_text
from hierbench.provenance import Provenance, took_place
from hierbench.records import CellResult, RunStatus
from hierbench.samplers import backend_of
from hierbench.shown import redacted, secrets_in
from hierbench.tracking import LocalRun, Store, artifacts_of, ended, open_run, write
from hierbench.tracking.contract import MODEL, OF_EVERY_FIT

__all__ = ["CompiledModels", "run_and_give_fit", "run_cell"]


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
    return run_and_give_fit(cell, store, compiled, place)[0]


def run_and_give_fit(
    cell: PlannedCell, store: Store, compiled: CompiledModels, place: CellPlace
) -> tuple[CellResult, FittedCell | None]:
    """Run `cell` as `run_cell` does; give its fit too, None where it did not come to an end.

    Raises
    ------
    KeyboardInterrupt
        After the run was closed.
    """
    meter = Meter.start()
    ran_on = took_place(backend_of(cell.settings.name), place.cores)
    provenance = Provenance(cell.asked, ran_on, model_record(cell.source))
    run = LocalRun(new_run(cell, place, provenance.fingerprint))
    artifacts = artifacts_of(place.folder)
    try:
        write(place.folder, run)
        write_config(cell, artifacts)
        write_provenance(provenance, artifacts)
        if place.sweep_id is None:  # a sweep has it once, in its own run
            write_text(cell.source, artifacts / MODEL)
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
        return result_of(run), None
    return result_of(sent(store, place.folder, run)), fitted


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
