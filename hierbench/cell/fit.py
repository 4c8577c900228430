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
from hierbench.models import Abilities
from hierbench.provenance import draws_digest
from hierbench.records import Arrays, Axes, Diagnosis, Fit
from hierbench.samplers import CompiledModel, Source, compile_model
from hierbench.samplers.compilations import Compilations

__all__ = ["CompiledModels", "FittedCell", "fit_cell"]

EFFECTS_STREAM = 4
"""Of the seed's random streams; 1 to 3 are the predictive draws'."""

type Key = tuple[object, ...]
type Dims = Mapping[str, tuple[str, ...]]


class CompiledModels:
    """Compiled models of this process, each made at most once.

    A compiled model serves every seed, target_accept and prior scale, and every data set of
    its shape.
    """

    def __init__(self) -> None:
        self._models: dict[Key, CompiledModel] = {}
        self._dims: dict[Key, Dims] = {}
        self._keys: dict[str, Key] = {}

    def __len__(self) -> int:
        """Return how many were made."""
        return len(self._models)

    def get(
        self, cell: PlannedCell, values: Arrays | None = None
    ) -> tuple[CompiledModel, dict[str, float]]:
        """Return the model for `cell`, and the seconds that it took just now, by metric.

        `values` are those of its `pm.Data`, where they are at hand.
        """
        key = key_of(cell, values_in(cell) if values is None else values)
        self._keys[cell.cell_key] = key
        start = built = perf_counter()
        if key not in self._models:
            source = source_of(cell)
            built = perf_counter()
            self._dims[key] = dims_of(source.pymc)
            self._models[key] = compile_model(source, cell.settings)
            if cell.form.integrated:
                complete_once(cell)
        self._models[key].prepare(cell.settings)
        seconds = {"build_seconds": built - start, "compile_seconds": perf_counter() - built}
        return self._models[key], seconds

    def axes(self, cell: PlannedCell) -> Axes:
        """Return what the entries of the variables are called, of a cell whose model was given."""
        known, key = cell.axes, self._keys.get(cell.cell_key, ())
        return Axes({**self._dims.get(key, {}), **known.dims}, known.coords)


def dims_of(model: Any) -> Dims:
    """Return the dims of the variables of a PyMC model that have any."""
    return {
        str(name): tuple(map(str, dims)) for name, dims in model.named_vars_to_dims.items() if dims
    }


def key_of(cell: PlannedCell, values: Arrays) -> Key:
    """Return what cells share that one compiled model serves."""
    shapes = (
        (name, np.shape(value), np.asarray(value).dtype.str) for name, value in values.items()
    )
    return (
        cell.model.name,
        cell.form.name,
        cell.config.likelihood,
        cell.settings.name,
        cell.hyperprior.family,
        *shapes,
    )


def able(cell: PlannedCell) -> Abilities:
    """Return what the model of `cell` can do."""
    return cell.model.load()


def values_in(cell: PlannedCell) -> dict[str, Any]:
    """Return the data of `cell`'s model."""
    return able(cell).values(cell.form, cell.dataset, cell.hyperprior, cell.config.likelihood)


def complete_once(cell: PlannedCell) -> None:
    """Compile what draws the estimands left out: its first call is not to be timed either."""
    complete = able(cell).complete
    if complete is not None:
        scalars = [name for name in cell.model.estimands if name not in cell.form.dims]
        point = dict.fromkeys(scalars, np.full((1, 1), 0.5))
        complete(cell.form, point, values_in(cell), cell.dataset, np.random.default_rng(0), cores=1)


def source_of(cell: PlannedCell) -> Source:
    """Return the model of `cell` in the languages of the samplers."""
    of = (cell.form, cell.dataset, cell.hyperprior)
    model, stan = able(cell).build(*of, cell.config.likelihood), able(cell).stan
    return Source(model, *stan(*of)) if stan else Source(model)


@dataclass(frozen=True)
class FittedCell:
    """What a cell found.

    Attributes
    ----------
    axes : Axes
        What the entries of the variables are called.
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
    axes: Axes
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
        values = values_in(cell)
        model, clocks = compiled.get(cell, values)
    clocks["machine_speed"] = machine_speed()
    with interruptible(), Watch() as watch:
        fit = model.sample(values, cell.settings, seed=cell.config.seed, cores=cores)
        if cell.form.integrated:
            fit = completed(fit, cell, values, cores)
    start, axes = perf_counter(), compiled.axes(cell)
    diagnosis = diagnose(
        fit,
        blocks=cell.model.blocks,
        necks=[neck.scale for neck in cell.model.necks],
        axes=axes,
        gate=cell.config.gate,
        truth=cell.dataset.truth,
        reference=cell.reference,
    )
    loo = loo_of(cell, fit.posterior, diagnosis) if cell.config.predictive.loo else None
    clocks["diagnose_seconds"] = perf_counter() - start
    kept = cell.config.artifacts
    found = None if kept == "minimal" else predicted(cell, fit.posterior)
    return FittedCell(
        diagnosis,
        axes,
        datatree(cell, fit, axes, found),
        draws_digest(fit, leave_out=frozenset(() if kept == "full" else inner(cell, fit))),
        clocks,
        watch.window(),
        found,
        loo,
        "fresh" if compilations.functions else "cached",
    )


def inner(cell: PlannedCell, fit: Fit) -> set[str]:
    """Return the variables that are diagnosed and then dropped: all but the estimands."""
    return {*fit.posterior, *fit.warmup_posterior} - {*cell.model.estimands}


def completed(fit: Fit, cell: PlannedCell, values: Arrays, cores: int) -> Fit:
    """Return `fit` with the estimands that the form integrates out, and their seconds."""
    complete = able(cell).complete
    if complete is None:
        return fit
    wall, cpu = perf_counter(), process_time()
    rng = np.random.Generator(np.random.SFC64([cell.config.seed, EFFECTS_STREAM]))  # the fastest
    posterior = complete(cell.form, fit.posterior, values, cell.dataset, rng, cores=cores)
    return replace(
        fit,
        posterior=posterior,
        sample_seconds=fit.sample_seconds + perf_counter() - wall,
        sample_cpu_seconds=fit.sample_cpu_seconds + process_time() - cpu,
    )


def datatree(cell: PlannedCell, fit: Fit, axes: Axes, found: Predicted | None) -> xr.DataTree:
    """Return what `artifacts` keeps of `fit`."""
    dataset, full = cell.dataset, cell.config.artifacts == "full"
    return assemble(
        fit,
        dataset,
        Labels(axes, dataset.row_dim, len(dataset.observed)),
        predictive=found.stored if found else None,
        drop=() if full else inner(cell, fit),
        warmup=full,
        attrs={
            "cell_key": cell.cell_key,
            "posterior": cell.posterior,
            "name": cell.name,
            **dataset.attrs,
        },
    )
