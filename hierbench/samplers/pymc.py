"""PyMC's own NUTS, with its jittered start and mass-matrix adaptation as in `pm.sample`.

Its first 200 warm-up steps double the tree at most 8 times, whatever the maximum depth. Its
`reached_max_treedepth` is never set in the warm-up. Every draw evaluates the gradient at its start
anew, beside the leapfrog steps that `n_steps` counts, and every chain once for its jittered start
(once more for each start of density 0). Each step's seconds are among its statistics. What it
calls a step's `step_size` is the size that the warm-up would try next; the draws take its
`step_size_bar`.

Its chains are forked, which is Linux's default but not that of a worker: a worker comes from a
server, and so would its chains. They would import and compile all anew while the clock runs, and
their CPU seconds would pass for another program's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pymc as pm
from pymc.model.core import FrozenModel

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.forked import CONTEXT
from hierbench.samplers.once import sample_once
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations, fit_of

__all__ = ["EVALUATIONS", "STATISTICS", "Compiled", "compile_model"]

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
EVALUATIONS = Evaluations(per_draw=1, per_chain=1)
STEP_SCALE = 0.25  # PyMC's own
EARLY_MAX_TREEDEPTH = 8  # PyMC's own, where the maximum is not below it


@dataclass(frozen=True)
class Compiled:
    """A model that keeps its compiled functions; serves every value of its data and scales."""

    model: pm.Model

    def prepare(self, settings: SamplerSettings) -> None:
        """Do nothing: what was compiled serves all settings."""

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
            early_max_treedepth=min(EARLY_MAX_TREEDEPTH, settings.max_treedepth),
            mp_ctx=CONTEXT,
            nuts_sampler="pymc",
            discard_tuned_samples=False,
            compute_convergence_checks=False,
            quiet=True,
            model=self.model,
        )
        fit = fit_of(tree, STATISTICS, clock, EVALUATIONS)
        tried = fit.warmup_sample_stats["step_size"]
        first = np.full((len(tried), 1), first_step_size(fit.posterior, self.model))
        taken = np.concatenate([first, tried[:, :-1]], axis=1)
        settled = np.asarray(tree["sample_stats"]["step_size_bar"].values)
        return replace(
            fit,
            sample_stats={**fit.sample_stats, "step_size": settled},
            warmup_sample_stats={**fit.warmup_sample_stats, "step_size": taken},
            tune_seconds=seconds_of(tree["warmup_sample_stats"]),
            draw_seconds=seconds_of(tree["sample_stats"]),
        )


def first_step_size(posterior: Arrays, model: pm.Model) -> float:
    """Return the size of a chain's first step, `STEP_SCALE` / values^(1/4)."""
    free = (posterior[variable.name] for variable in model.free_RVs)
    values = sum(value[0, 0].size for value in free)
    return STEP_SCALE / float(values**0.25)


def seconds_of(group: Mapping[str, Any]) -> float:
    """Return the wall seconds of all the steps in `group`, chains added up."""
    return float(group["perf_counter_diff"].sum())


def compile_model(source: Source) -> Compiled:
    """Let the model keep what `pm.sample` compiles when it first runs."""
    # A FrozenModel caches what it compiles, where a Model compiles anew at every pm.sample.
    # Its data stay settable because nothing was frozen: the functions read the shared values.
    source.pymc.__class__ = FrozenModel
    compiled = Compiled(source.pymc)
    sample_once(compiled, source.pymc)
    return compiled
