"""The fit of one cell: compiled once, sampled, diagnosed, with predictive draws beside it."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import xarray as xr

from hierbench.cell.interrupts import interruptible
from hierbench.cell.plan import PlannedCell
from hierbench.datatree import Labels, Predictive, assemble, kept_draws
from hierbench.diagnostics import diagnose
from hierbench.models import build, values_of
from hierbench.models.predictive import log_likelihood, predict, prior_draws
from hierbench.provenance import draws_digest
from hierbench.records import Arrays, Diagnosis, Fit
from hierbench.samplers import CompiledModel, compile_model

__all__ = ["CompiledModels", "FittedCell", "fit_cell"]

type Key = tuple[str, str, str, str, int, int]


class CompiledModels:
    """Compiled models of this process, each made at most once.

    A compiled model serves every seed, target_accept and prior scale, and every data set of
    its shape.
    """

    def __init__(self) -> None:
        self._models: dict[Key, CompiledModel] = {}

    def get(self, cell: PlannedCell) -> tuple[CompiledModel, float]:
        """Return the model for `cell`, and the seconds that its compilation took just now."""
        key = (
            cell.form.name,
            cell.config.likelihood,
            cell.settings.name,
            cell.hyperprior.family,
            len(cell.dataset.y),
            len(cell.dataset.labels),
        )
        start = perf_counter()
        if key not in self._models:
            model = build(cell.form, cell.dataset, cell.hyperprior)
            self._models[key] = compile_model(model, cell.settings.name)
        return self._models[key], perf_counter() - start


@dataclass(frozen=True)
class FittedCell:
    """What a cell found.

    Attributes
    ----------
    tree : DataTree
        Draws, statistics and predictions, ready to be written.
    draws_digest : str
        Of the stored draws and statistics.
    """

    diagnosis: Diagnosis
    tree: xr.DataTree
    draws_digest: str
    compile_seconds: float


def fit_cell(cell: PlannedCell, compiled: CompiledModels, cores: int) -> FittedCell:
    """Fit `cell` with `cores` chains at once, diagnose it and assemble its DataTree."""
    with interruptible():
        model, compile_seconds = compiled.get(cell)
    values = values_of(cell.dataset, cell.hyperprior)
    with interruptible():
        fit = model.sample(values, cell.settings, seed=cell.config.seed, cores=cores)
    diagnosis = diagnose(
        fit,
        dims=cell.form.dims,
        inner=cell.form.inner,
        groups=cell.dataset.labels,
        gate=cell.config.gate,
    )
    full = cell.config.artifacts == "full"
    digest = draws_digest(fit, leave_out=frozenset(() if full else cell.form.inner))
    return FittedCell(diagnosis, datatree(cell, fit), digest, compile_seconds)


def datatree(cell: PlannedCell, fit: Fit) -> xr.DataTree:
    """Return what `artifacts` keeps of `fit`."""
    dataset, full = cell.dataset, cell.config.artifacts == "full"
    minimal = cell.config.artifacts == "minimal"
    return assemble(
        fit,
        dataset,
        Labels(cell.form.dims, dataset.labels, len(dataset.y)),
        predictive=None if minimal else predictive_draws(cell, fit.posterior),
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


def predictive_draws(cell: PlannedCell, posterior: Arrays) -> Predictive:
    """Return seeded prior and posterior predictive draws; all of them with ``artifacts=full``."""
    config, dataset = cell.config, cell.dataset
    full = config.artifacts == "full"
    prior_rng, rng, chooser = (
        np.random.default_rng([config.seed, stream]) for stream in range(1, 4)
    )
    asked, rows, cap = config.predictive.draws, len(dataset.y), config.predictive.max_mib
    kept = kept_draws(asked, rows, cap)
    prior = prior_draws(cell.form.model, cell.hyperprior, len(dataset.labels), kept, prior_rng)
    chosen = posterior if full else thinned(posterior, kept, chooser)
    attrs = {"draws_asked": asked, "draws_kept": kept, "max_mib": cap}
    return Predictive(
        prior=prior,
        prior_predictive=predict(prior, dataset, prior_rng),
        posterior_predictive=predict(chosen, dataset, rng),
        log_likelihood=log_likelihood(posterior, dataset) if full else None,
        attrs=attrs if not full else {"draws_asked": "all", "draws_kept": "all"},
    )


def thinned(posterior: Arrays, draws: int, rng: np.random.Generator) -> Arrays:
    """Return `draws` draws of alpha, beta and sigma, without replacement, as one chain."""
    chains, length = posterior["alpha"].shape[:2]
    chosen = rng.choice(chains * length, size=min(draws, chains * length), replace=False)
    return {
        name: posterior[name].reshape(chains * length, *posterior[name].shape[2:])[chosen][None]
        for name in ("alpha", "beta", "sigma")
    }
