"""nutpie: NUTS in Rust, the sampler that PyMC 6 itself picks.

Chains start at PyMC's initial point, moved by a jitter; the mass matrix starts from the gradient
there. Its tree depth does not count a last doubling that turned inside, PyMC's does.

Of its gradients `n_steps` counts every leapfrog step. Beside them each chain evaluates its start,
and looks for a first step size twice: before the warm-up, and when the mass matrix first changes.
That is at least 8 evaluations; each doubling or halving of the step adds one that nutpie does not
tell, some 10 for a whole chain. nutpie shows no seconds of its phases.

What it calls a step's `step_size` is the size that the next step takes. That of the draws is set
right here; in the warm-up it stays, since the sizes that its two searches find are not told.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import nutpie
import pymc as pm

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.once import sample_once
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations, fit_of

__all__ = ["EVALUATIONS", "STATISTICS", "Compiled", "compile_model"]

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
EVALUATIONS = Evaluations(per_chain=8)


@dataclass(frozen=True)
class Compiled:
    """A model compiled for nutpie; serves every value of its data and prior scales."""

    model: pm.Model
    functions: Any

    def prepare(self, settings: SamplerSettings) -> None:
        """Do nothing: what was compiled serves all settings."""

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
            adaptation=settings.adaptation,
            target_accept=settings.target_accept,
            maxdepth=settings.max_treedepth,
            save_warmup=True,
            progress_bar=False,
        )
        fit = fit_of(tree, STATISTICS, clock, EVALUATIONS)
        last = fit.warmup_sample_stats["step_size"][:, -1:]
        told = fit.sample_stats["step_size"]
        taken = np.concatenate([last, told[:, :-1]], axis=1)
        return replace(fit, sample_stats={**fit.sample_stats, "step_size": taken})


def compile_model(source: Source) -> Compiled:
    """Compile the log density, its gradient and the way back to named variables."""
    compiled = Compiled(source.pymc, nutpie.compile_pymc_model(source.pymc, backend="numba"))
    sample_once(compiled, source.pymc)
    return compiled
