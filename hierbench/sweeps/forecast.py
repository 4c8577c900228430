"""What a sweep would take: cells, bytes, and a time from past runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from statistics import median

from hierbench.cell import PlannedCell
from hierbench.datatree import kept_draws
from hierbench.sweeps.plan import SweepPlan
from hierbench.tracking import TrackedRun

__all__ = ["Forecast", "forecast", "mib_of"]

FLOAT64, FLOAT32 = 8, 4
SCALARS = 6 + 8  # hyperparameters, sample statistics
MIB = 2**20
ALIKE = ("data", "parameterization", "likelihood", "sampler", "sampler.draws", "sampler.tune")
"""What a fit's time depends on most."""


@dataclass(frozen=True)
class Forecast:
    """What a sweep would take.

    Attributes
    ----------
    mib : float
        Of the netCDF files together.
    seconds : float or None
        With the plan's workers; None where no past run resembles one of the cells.
    alike : int
        Cells that a past run resembles.
    """

    cells: int
    mib: float
    seconds: float | None
    alike: int


def forecast(plan: SweepPlan, past: Sequence[TrackedRun]) -> Forecast:
    """Return what `plan` would take, by the median of `past` runs of the same form and size."""
    times: dict[tuple[str, ...], list[float]] = {}
    for run in past:
        if "elapsed_seconds" in run.metrics:
            times.setdefault(likeness(run.params), []).append(run.metrics["elapsed_seconds"])
    known = [median(times[key]) for cell in plan.cells if (key := likeness(cell.params)) in times]
    total = sum(known) / len(known) * len(plan.cells) / plan.workers if known else None
    return Forecast(len(plan.cells), sum(mib_of(cell) for cell in plan.cells), total, len(known))


def likeness(params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the parameters that two fits of about one duration share."""
    return tuple(params.get(name, "") for name in ALIKE)


def mib_of(cell: PlannedCell) -> float:
    """Return the size of the cell's posterior.nc [MiB], to within its small parts."""
    settings, rows, artifacts = cell.settings, len(cell.dataset.observed), cell.config.artifacts
    draws = settings.chains * settings.draws
    kept = (*cell.axes.dims,) if artifacts == "full" else cell.model.estimands
    entries = sum(entries_of(cell, name) for name in kept)
    per_draw = FLOAT64 * (SCALARS + entries)
    if artifacts == "minimal":
        return draws * per_draw / MIB
    predictive = cell.config.predictive
    drawn = kept_draws(predictive.draws, rows, predictive.max_mib)
    beside = drawn * per_draw + drawn * rows * FLOAT32 + rows * 2 * FLOAT64
    if artifacts == "full":
        warmup = settings.chains * settings.tune * per_draw
        return (draws * (per_draw + rows * (FLOAT32 + FLOAT64)) + warmup + beside) / MIB
    return (draws * per_draw + drawn * rows * FLOAT32 + beside) / MIB


def entries_of(cell: PlannedCell, name: str) -> int:
    """Return how many numbers one draw of a variable has, 0 for a scalar: these are few."""
    dims = cell.axes.dims.get(name, ())
    return prod(len(cell.dataset.coords[dim]) for dim in dims) if dims else 0
