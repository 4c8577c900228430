"""PyMC's own NUTS, with its jittered start and mass-matrix adaptation as in `pm.sample`."""

from dataclasses import dataclass
from time import perf_counter

import pymc as pm
from pymc.model.core import FrozenModel

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.statistics import arrays_of, renamed

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
SMALLEST = SamplerSettings("pymc", 1, 1, 1, 0.8, 1)


@dataclass(frozen=True)
class Compiled:
    """A model that keeps its compiled functions; serves every value of its data and scales."""

    model: pm.Model

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        pm.set_data(dict(values), self.model)
        start = perf_counter()
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
        posterior, warmup = arrays_of(tree["posterior"]), arrays_of(tree["warmup_posterior"])
        seconds = perf_counter() - start
        return Fit(
            posterior,
            renamed(tree["sample_stats"], STATISTICS),
            warmup,
            renamed(tree["warmup_sample_stats"], STATISTICS),
            seconds,
        )


def compile_model(model: pm.Model) -> Compiled:
    """Compile all that `pm.sample` needs, by letting it take one step."""
    # A FrozenModel caches what it compiles, where a Model compiles anew at every pm.sample.
    # Its data stay settable because nothing was frozen: the functions read the shared values.
    model.__class__ = FrozenModel
    compiled = Compiled(model)
    values = {data.name: data.get_value() for data in model.data_vars}
    compiled.sample(values, SMALLEST, seed=0, cores=1)
    return compiled
