"""Stan's own NUTS, on a Stan program that stanli interprets; no compiler is needed.

Chains start at Uniform(-2, 2) of every unconstrained value, with the mass matrix at the identity,
adapted in Stan's windows. Its tree depth counts a last doubling that turned, as PyMC's does, and
the maximum counts as reached by every tree of that depth. Every draw evaluates the gradient at its
start anew, beside the leapfrog steps that `n_steps` counts, and every chain its start; the
evaluations that Stan's search for a step size takes, before the warm-up and after each of its
windows, are not told and not counted. stanli's results do not hold the seconds of its phases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import stanli
from numpy.typing import NDArray

from hierbench.errors import ConfigError
from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.compilations import note_compilation
from hierbench.samplers.once import sample_once
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations, fit_of_steps

__all__ = ["EVALUATIONS", "STATISTICS", "Compiled", "compile_model"]

STATISTICS = {
    "diverging": "divergent__",
    "n_steps": "n_leapfrog__",
    "tree_depth": "treedepth__",
    "acceptance_rate": "accept_stat__",
    "energy": "energy__",
    "lp": "lp__",
    "step_size": "stepsize__",
}
EVALUATIONS = Evaluations(per_draw=1, per_chain=1)


@dataclass(frozen=True)
class Compiled:
    """A translated Stan program; every value of the data is given to it anew, in some 10 ms."""

    program: str
    constants: Mapping[str, int]

    def prepare(self, settings: SamplerSettings) -> None:
        """Do nothing: what was translated serves all settings."""

    def model(self, values: Arrays) -> stanli.Model:
        """Return the program with its data."""
        return stanli.Model(mir=self.program, data={**self.constants, **values})

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        model = self.model(values)
        clock = Clock.start()
        fit = model.sample(
            chains=settings.chains,
            seed=seed,
            warmup=settings.tune,
            samples=settings.draws,
            delta=settings.target_accept,
            max_depth=settings.max_treedepth,
            save_warmup=True,
            parallel_chains=min(cores, settings.chains),
            refresh=0,
        )
        variables = {name: fit.draws(name) for name in fit.variables}
        seconds = clock.read()
        found = statistics(fit.sampler_stats, settings)
        return fit_of_steps(variables, found, settings.tune, seconds, EVALUATIONS)


def statistics(found: NDArray[np.float64], settings: SamplerSettings) -> dict[str, NDArray[Any]]:
    """Return all of `TYPES`, each (chain, step), from Stan's own, (chain, step, statistic)."""
    ours = {
        name: found[:, :, stanli.SAMPLER_COLUMNS.index(column)]
        for name, column in STATISTICS.items()
    }
    return {**ours, "reached_max_treedepth": ours["tree_depth"] >= settings.max_treedepth}


def compile_model(source: Source) -> Compiled:
    """Translate the Stan program.

    Raises
    ------
    ConfigError
        If the model has none.
    """
    if source.stan is None:
        raise ConfigError("sampler=stan: this model has no Stan program; choose sampler=nutpie")
    note_compilation("a Stan program")
    compiled = Compiled(stanli.stan_to_mir(source.stan), source.stan_constants)
    sample_once(compiled, source.pymc)
    return compiled
