"""nutpie: NUTS in Rust, the sampler that PyMC 6 itself picks."""

from dataclasses import dataclass
from typing import Any

import nutpie
import pymc as pm

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.statistics import fit_of

__all__ = ["STATISTICS", "Compiled", "compile_model"]

STATISTICS = {
    "diverging": "diverging",
    "n_steps": "n_steps",
    "tree_depth": "depth",
    "reached_max_treedepth": "maxdepth_reached",
    "acceptance_rate": "mean_tree_accept",
    "energy": "energy",
    "lp": "logp",
    "step_size": "step_size",
}


@dataclass(frozen=True)
class Compiled:
    """A model compiled for nutpie; serves every value of its data and prior scales."""

    model: pm.Model
    functions: Any

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        # The start of the chains is computed from the model, not from the compiled functions.
        pm.set_data(dict(values), self.model)
        functions = self.functions.with_data(**values)
        clock = Clock.start()
        tree = nutpie.sample(
            functions,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=min(cores, settings.chains),
            seed=seed,
            target_accept=settings.target_accept,
            maxdepth=settings.max_treedepth,
            save_warmup=True,
            progress_bar=False,
        )
        return fit_of(tree, STATISTICS, clock)


def compile_model(model: pm.Model) -> Compiled:
    """Compile the log density, its gradient and the way back to named variables."""
    return Compiled(model, nutpie.compile_pymc_model(model, backend="numba"))
