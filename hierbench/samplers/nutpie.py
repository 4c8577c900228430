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

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import pyarrow
import pymc as pm
from numpy.typing import NDArray

from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.compile_cache import compiled_for_nutpie
from hierbench.samplers.once import sample_once
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations, fit_of_steps

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
    from_disk: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """Return the variables that a fit keeps, those of `Fit.posterior`."""
        return tuple(one.name for one in (*self.model.free_RVs, *self.model.deterministics))

    def prepare(self, settings: SamplerSettings) -> None:
        """Do nothing: what was compiled serves all settings."""

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        # The start of the chains is computed from the model, not from the compiled functions.
        pm.set_data(dict(values), self.model)
        functions = self.functions.with_data(**values)
        clock = Clock.start()
        trace = nutpie.sample(
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
            return_raw_trace=True,  # ArviZ's tree of it takes 30 ms, a marginal form's chains 40
        )
        draws, told = trace.get_arrow_trace()
        variables = variables_in(draws, self.kept)
        seconds = clock.read()
        statistics = statistics_in(told, settings.tune)
        return fit_of_steps(variables, statistics, settings.tune, seconds, EVALUATIONS)


def variables_in(chains: Sequence[Any], names: Sequence[str]) -> Arrays:
    """Return the variables in every chain's Arrow table, each dims (chain, step, *dims)."""
    return {name: stacked(chains, name) for name in names}


def statistics_in(chains: Sequence[Any], tune: int) -> Arrays:
    """Return the statistics in every chain's Arrow table under our names, dims (chain, step)."""
    statistics = {ours: stacked(chains, theirs) for ours, theirs in STATISTICS.items()}
    return {**statistics, "step_size": taken(statistics["step_size"], tune)}


def taken(told: NDArray[np.float64], tune: int) -> NDArray[np.float64]:
    """Return the step sizes that the draws took, from what each step says of the next.

    Dims (chain, step); those of the first `tune` steps stay.
    """
    first = max(tune, 1)
    return np.concatenate([told[:, :first], told[:, first - 1 : -1]], axis=1)


def stacked(chains: Sequence[Any], name: str) -> NDArray[Any]:
    """Return column `name` of every chain's Arrow table, dims (chain, step, *dims)."""
    return np.stack([in_memory(chain.column(name)) for chain in chains])


def in_memory(column: Any) -> NDArray[Any]:
    """Return a column as an array, dims (step, *dims); nutpie tells the dims' lengths beside it."""
    lengths = column.field.metadata.get(b"shape", b"").decode()
    dims = [int(length) for length in lengths.split(",") if length]
    values = pyarrow.array(column)
    flat = values.flatten() if dims else values
    array: NDArray[Any] = flat.to_numpy(zero_copy_only=False)
    return array.reshape(-1, *dims)


def compile_model(source: Source) -> Compiled:
    """Compile the log density, its gradient and the way back to named variables."""
    functions, from_disk = compiled_for_nutpie(source.pymc)
    compiled = Compiled(source.pymc, functions, from_disk)
    sample_once(compiled, source.pymc)
    return compiled
