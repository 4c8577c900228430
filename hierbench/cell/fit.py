"""The fit of one cell: compiled once, sampled, diagnosed, with predictive draws beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter, process_time
from typing import Any

import numpy as np
import xarray as xr

from hierbench.cell.interrupts import interruptible
from hierbench.cell.plan import PlannedCell
from hierbench.cell.predictive import Predicted, loo_of, predicted
from hierbench.datatree import Labels, assemble
from hierbench.diagnostics import diagnose
from hierbench.diagnostics.loo import Loo
from hierbench.machine import Watch, Window, machine_speed
from hierbench.models.homes.building import build, values_of
from hierbench.models.homes.effects import with_effects
from hierbench.models.homes.references import reference_of
from hierbench.models.homes.stan_programs import stan_constants, stan_program
from hierbench.provenance import draws_digest
from hierbench.records import HYPERPARAMETERS, Arrays, Diagnosis, Fit
from hierbench.samplers import CompiledModel, Source, compile_model
from hierbench.samplers.compilations import Compilations

__all__ = ["CompiledModels", "FittedCell", "fit_cell"]

EFFECTS_STREAM = 4
"""Of the seed's random streams; 1 to 3 are the predictive draws'."""

type Key = tuple[str, str, str, str, int, int]


class CompiledModels:
    """Compiled models of this process, each made at most once.

    A compiled model serves every seed, target_accept and prior scale, and every data set of
    its shape.
    """

    def __init__(self) -> None:
        self._models: dict[Key, CompiledModel] = {}

    def __len__(self) -> int:
        """Return how many were made."""
        return len(self._models)

    def get(self, cell: PlannedCell) -> tuple[CompiledModel, dict[str, float]]:
        """Return the model for `cell`, and the seconds that it took just now, by metric."""
        key = (
            cell.form.name,
            cell.config.likelihood,
            cell.settings.name,
            cell.hyperprior.family,
            len(cell.dataset.y) if cell.config.likelihood == "rowwise" else 0,
            len(cell.dataset.labels),
        )
        start = built = perf_counter()
        if key not in self._models:
            source = source_of(cell)
            built = perf_counter()
            self._models[key] = compile_model(source, cell.settings)
            if cell.form.integrated:
                draw_effects_once(cell)
        self._models[key].prepare(cell.settings)
        seconds = {"build_seconds": built - start, "compile_seconds": perf_counter() - built}
        return self._models[key], seconds


def values_in(cell: PlannedCell) -> dict[str, Any]:
    """Return the data of `cell`'s model."""
    return values_of(cell.form, cell.dataset, cell.hyperprior, cell.config.likelihood)


def draw_effects_once(cell: PlannedCell) -> None:
    """Compile what draws alpha and beta: its first call is not to be timed either."""
    point = dict.fromkeys(HYPERPARAMETERS, np.full((1, 1), 0.5))
    rng = np.random.default_rng(0)
    with_effects(point, values_in(cell), len(cell.dataset.labels), rng, cores=1)


def source_of(cell: PlannedCell) -> Source:
    """Return the model of `cell` in the languages of the samplers."""
    return Source(
        build(cell.form, cell.dataset, cell.hyperprior, cell.config.likelihood),
        stan_program(cell.form),
        stan_constants(cell.dataset, cell.hyperprior),
    )


@dataclass(frozen=True)
class FittedCell:
    """What a cell found.

    Attributes
    ----------
    tree : DataTree
        Draws, statistics and predictions, ready to be written.
    draws_digest : str
        Of the stored draws and statistics.
    clocks : mapping of str to float
        The metrics build_seconds, compile_seconds, diagnose_seconds and machine_speed.
    window : Window
        What else went on in the machine while it was sampled.
    predicted : Predicted or None
        None with ``artifacts=minimal``.
    loo : Loo or None
        None unless asked.
    compiled : str
        fresh where something was compiled for this cell; cached where all its functions came
        from disk or from an earlier cell of the process.
    """

    diagnosis: Diagnosis
    tree: xr.DataTree
    draws_digest: str
    clocks: Mapping[str, float]
    window: Window
    predicted: Predicted | None
    loo: Loo | None
    compiled: str

    @property
    def metrics(self) -> dict[str, float]:
        """What its draws, its clocks and the machine give."""
        of_rows = self.loo.metrics if self.loo else {}
        return {**self.diagnosis.metrics, **of_rows, **self.clocks, **self.window.metrics}


def fit_cell(cell: PlannedCell, compiled: CompiledModels, cores: int) -> FittedCell:
    """Fit `cell` with `cores` chains at once, diagnose it and assemble its DataTree."""
    with interruptible(), Compilations() as compilations:
        model, clocks = compiled.get(cell)
    values = values_in(cell)
    clocks["machine_speed"] = machine_speed()
    with interruptible(), Watch() as watch:
        fit = model.sample(values, cell.settings, seed=cell.config.seed, cores=cores)
        if cell.form.integrated:
            fit = completed(fit, cell, values, cores)
    start = perf_counter()
    diagnosis = diagnose(
        fit,
        inner=cell.form.inner,
        groups=cell.dataset.labels,
        gate=cell.config.gate,
        truth=cell.dataset.truth,
        reference=reference_of(cell.dataset, cell.form.variant, cell.hyperprior),
    )
    loo = loo_of(cell, fit.posterior, diagnosis) if cell.config.predictive.loo else None
    clocks["diagnose_seconds"] = perf_counter() - start
    kept = cell.config.artifacts
    found = None if kept == "minimal" else predicted(cell, fit.posterior)
    return FittedCell(
        diagnosis,
        datatree(cell, fit, found),
        draws_digest(fit, leave_out=frozenset(() if kept == "full" else cell.form.inner)),
        clocks,
        watch.window(),
        found,
        loo,
        "fresh" if compilations.functions else "cached",
    )


def completed(fit: Fit, cell: PlannedCell, values: Arrays, cores: int) -> Fit:
    """Return `fit` with the draws of alpha and beta, and the seconds that they took."""
    wall, cpu = perf_counter(), process_time()
    rng = np.random.Generator(np.random.SFC64([cell.config.seed, EFFECTS_STREAM]))  # the fastest
    posterior = with_effects(fit.posterior, values, len(cell.dataset.labels), rng, cores=cores)
    return replace(
        fit,
        posterior=posterior,
        sample_seconds=fit.sample_seconds + perf_counter() - wall,
        sample_cpu_seconds=fit.sample_cpu_seconds + process_time() - cpu,
    )


def datatree(cell: PlannedCell, fit: Fit, found: Predicted | None) -> xr.DataTree:
    """Return what `artifacts` keeps of `fit`."""
    dataset, full = cell.dataset, cell.config.artifacts == "full"
    return assemble(
        fit,
        dataset,
        Labels(cell.form.dims, dataset.labels, len(dataset.y)),
        predictive=found.stored if found else None,
        drop=() if full else cell.form.inner,
        warmup=full,
        attrs={
            "cell_key": cell.cell_key,
            "posterior": cell.posterior,
            "name": cell.name,
            "x_name": dataset.x_name,
            "x_mean": dataset.x_mean,
            "x_sd": dataset.x_sd,
            "y_name": dataset.y_name,
            "y_scale": dataset.y_scale,
        },
    )
