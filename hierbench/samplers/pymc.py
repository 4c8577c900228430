"""PyMC's own NUTS, with its jittered start and mass-matrix adaptation as in `pm.sample`."""

from dataclasses import dataclass

import pymc as pm
from pymc.model.core import FrozenModel

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.statistics import fit_of

__all__ = ["STATISTICS", "Compiled", "compile_model"]

STATISTICS = {
    "diverging": "diverging",
    "n_steps": "n_steps",
    "tree_depth": "tree_depth",
    "reached_max_treedepth": "reached_max_treedepth",
    "acceptance_rate": "acceptance_rate",
    "energy": "energy",
    "lp": "lp",
    "step_size": "step_size",
}


@dataclass(frozen=True)
class Compiled:
    """A model that keeps its compiled functions; serves every value of its data and scales."""

    model: pm.Model

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        pm.set_data(dict(values), self.model)
        clock = Clock.start()
        tree = pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=min(cores, settings.chains),
            random_seed=seed,
            target_accept=settings.target_accept,
            max_treedepth=settings.max_treedepth,
            nuts_sampler="pymc",
            discard_tuned_samples=False,
            compute_convergence_checks=False,
            quiet=True,
            model=self.model,
        )
        return fit_of(tree, STATISTICS, clock)


def compile_model(model: pm.Model) -> Compiled:
    """Let `model` keep what `pm.sample` compiles when it first runs."""
    # A FrozenModel caches what it compiles, where a Model compiles anew at every pm.sample.
    # Its data stay settable because nothing was frozen: the functions read the shared values.
    model.__class__ = FrozenModel
    return Compiled(model)
