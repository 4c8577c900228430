"""Making a run anew from its record, and saying in one word whether it came out again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import strftime
from typing import Any

from hierbench.cell import CellPlace, CompiledModels, PlannedCell, plan_cell, run_cell
from hierbench.config.compose import from_plain
from hierbench.datasets import load
from hierbench.datatree import read_groups
from hierbench.diagnostics import parameter_columns, parameter_names
from hierbench.diagnostics.agreement import Agreement, agreement
from hierbench.errors import StoreError
from hierbench.process import cores_of_workers
from hierbench.provenance import differences, digest_of
from hierbench.records import Arrays, CellResult, RunStatus
from hierbench.reproduce.verdict import Judgement, Verdict, judge
from hierbench.tracking import Store, TrackedRun, find_run, set_tag
from hierbench.tracking.recorded import (
    recorded_config,
    recorded_posterior,
    recorded_provenance,
)

__all__ = ["Recorded", "Reproduction", "Verdict", "recorded_run", "reproduce"]

TIMINGS = ("compile_seconds", "sample_seconds", "elapsed_seconds")


@dataclass(frozen=True)
class Recorded:
    """A run as its record tells it, checked.

    Attributes
    ----------
    cell : PlannedCell
        The same question, asked of the data as they are now.
    posterior, sample_stats : mapping of str to ndarray
        The stored draws and statistics.
    """

    run: TrackedRun
    cell: PlannedCell
    provenance: Mapping[str, Any]
    posterior: Arrays
    sample_stats: Arrays


@dataclass(frozen=True)
class Reproduction:
    """How a reproduction ended.

    Attributes
    ----------
    differences : tuple of str
        What is not as it was recorded, a phrase each.
    timings : mapping of str to tuple of float
        Recorded and new seconds.
    """

    recorded: TrackedRun
    new: CellResult
    judgement: Judgement
    differences: tuple[str, ...]
    timings: Mapping[str, tuple[float, float]]


def recorded_run(store: Store, run_id: str) -> Recorded:
    """Return a run with its question asked anew and its draws, after checking all of it.

    Raises
    ------
    HierbenchError
        If it is no finished cell, its files are gone, altered or damaged, or its data are gone.
    """
    run = find_run(store, run_id)
    check_kind(run)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        provenance = recorded_provenance(store, run.run_id, folder)
        config = from_plain(recorded_config(store, run.run_id, folder))
        path = recorded_posterior(store, run.run_id, folder)
        posterior, sample_stats = read_draws(path, run.run_id)
    if digest_of(posterior, sample_stats) != run.tags.get("draws_digest"):
        raise StoreError(
            f"{run.run_id}: its posterior.nc does not match its recorded digest: altered or "
            "damaged; nothing was compared"
        )
    cell = plan_cell(config, load(config.data))
    return Recorded(run, cell, provenance, posterior, sample_stats)


def check_kind(run: TrackedRun) -> None:
    """Raise StoreError unless `run` is a cell that finished."""
    if run.kind != "cell":
        raise StoreError(
            f"{run.run_id}: a {run.kind}, and one cell at a time is reproduced; its cells are "
            f"listed by `hierbench show {run.run_id[:8]}`"
        )
    if run.status is not RunStatus.FINISHED:
        raise StoreError(
            f"{run.run_id}: {run.status}, so there are no draws to compare with; run it again "
            f"with the command that `hierbench show {run.run_id[:8]}` prints"
        )


def read_draws(path: Path, run_id: str) -> tuple[Arrays, Arrays]:
    """Return the posterior and the sample statistics of a netCDF file.

    Raises
    ------
    StoreError
        If the file cannot be read as such.
    """
    try:
        posterior, sample_stats = read_groups(path, ("posterior", "sample_stats"))
    except (OSError, ValueError, KeyError) as err:
        raise StoreError(
            f"{run_id}: its {path.name} is altered or damaged; the run cannot be reproduced"
        ) from err
    return posterior, sample_stats


def reproduce(store: Store, recorded: Recorded) -> Reproduction:
    """Fit the recorded question again, track the new run and compare the two.

    Raises
    ------
    StoreError
        If the new fit failed or could not be sent.
    """
    workers = int(recorded.run.params.get("workers", "1"))
    new = run_cell(recorded.cell, store, CompiledModels(), place_of(store, recorded, workers))
    if new.status is not RunStatus.FINISHED or not new.sent:
        raise StoreError(
            f"{recorded.run.run_id}: the new fit {new.run_id or ''} ended {new.status} "
            f"({new.tags.get('failure', 'not sent')}); mend that and try again"
        )
    with tempfile.TemporaryDirectory() as name:
        posterior, _ = read_draws(recorded_posterior(store, new.run_id, Path(name)), new.run_id)
        ran_on = recorded_provenance(store, new.run_id, Path(name))["ran_on"]
    judgement = judge(
        compared(recorded, posterior),
        identical=new.tags["draws_digest"] == recorded.run.tags["draws_digest"],
        recorded_passed=recorded.run.tags.get("gate") == "passed",
        new_passed=new.tags["gate"] == "passed",
    )
    set_tag(store, new.run_id, "verdict", judgement.verdict)
    return Reproduction(
        recorded=recorded.run,
        new=new,
        judgement=judgement,
        differences=(
            *differences(recorded.provenance["asked"], recorded.cell.asked),
            *differences(recorded.provenance["ran_on"], ran_on),
        ),
        timings={
            name: (recorded.run.metrics[name], new.metrics[name])
            for name in TIMINGS
            if name in recorded.run.metrics and name in new.metrics
        },
    )


def place_of(store: Store, recorded: Recorded, workers: int) -> CellPlace:
    """Return where the new run goes: beside the others, with as many cores as the recorded one."""
    cores = min(int(recorded.run.params.get("cores_per_cell", "1")), len(cores_of_workers(1)[0]))
    stamp = strftime("%Y%m%dT%H%M%S")
    folder = store.location.sweeps / f"reproduce-{stamp}-{recorded.run.run_id[:8]}"
    return CellPlace(folder, cores, workers, reproduces=recorded.run.run_id)


def compared(recorded: Recorded, posterior: Arrays) -> Agreement | None:
    """Compare the estimands of the two runs, None when they are not the same ones."""
    inner = set(recorded.cell.form.inner)
    first = {name: value for name, value in recorded.posterior.items() if name not in inner}
    second = {name: posterior[name] for name in first if name in posterior}
    shapes = [{name: value.shape[2:] for name, value in of.items()} for of in (first, second)]
    if shapes[0] != shapes[1]:
        return None
    names = parameter_names(first, recorded.cell.dataset.labels)
    return agreement(names, parameter_columns(first), parameter_columns(second))
