"""From a sampler's own words to plain arrays under one set of names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hierbench.records import Arrays, Fit
from hierbench.samplers.clock import Clock

__all__ = ["TYPES", "Evaluations", "arrays_of", "fit_of", "fit_of_steps", "renamed"]

TYPES = {
    "diverging": np.bool_,
    "n_steps": np.int64,
    "tree_depth": np.int64,
    "reached_max_treedepth": np.bool_,
    "acceptance_rate": np.float64,
    "energy": np.float64,
    "lp": np.float64,
    "step_size": np.float64,
}
"""The sample statistics that every sampler gives, under PyMC's names."""


@dataclass(frozen=True)
class Evaluations:
    """Evaluations of the log density with its gradient that `n_steps` does not count.

    Attributes
    ----------
    per_draw : int
        At the start of every trajectory, where its gradient is not kept from the one before.
    per_chain : int
        Before the first draw and, in the warm-up, beside the draws.
    """

    per_draw: int = 0
    per_chain: int = 0

    def of_warmup(self, n_steps: NDArray[Any]) -> int:
        """Return the evaluations before the first draw that is kept; `n_steps` (chain, step)."""
        return self.of_draws(n_steps) + self.per_chain * len(n_steps)

    def of_draws(self, n_steps: NDArray[Any]) -> int:
        """Return the evaluations of the draws that are kept; `n_steps` (chain, draw)."""
        return int(n_steps.sum()) + self.per_draw * n_steps.size


def fit_of(
    tree: Mapping[str, Any], names: Mapping[str, str], clock: Clock, evaluations: Evaluations
) -> Fit:
    """Return the fit in `tree`; `clock` is read once all variables are in memory.

    `names` maps our names of the sample statistics to the sampler's.
    """
    posterior, warmup = arrays_of(tree["posterior"]), arrays_of(tree["warmup_posterior"])
    seconds, cpu_seconds = clock.read()
    statistics = renamed(tree["sample_stats"], names)
    warmup_statistics = renamed(tree["warmup_sample_stats"], names)
    return Fit(
        posterior=posterior,
        sample_stats=statistics,
        warmup_posterior=warmup,
        warmup_sample_stats=warmup_statistics,
        sample_seconds=seconds,
        sample_cpu_seconds=cpu_seconds,
        gradients_tune=evaluations.of_warmup(warmup_statistics["n_steps"]),
        gradients_draw=evaluations.of_draws(statistics["n_steps"]),
    )


def fit_of_steps(
    variables: Arrays,
    statistics: Arrays,
    tune: int,
    seconds: tuple[float, float],
    evaluations: Evaluations,
) -> Fit:
    """Return the fit whose first `tune` steps are the warm-up.

    Parameters
    ----------
    variables, statistics : mapping of str to ndarray
        Each (chain, step, *dims), under our names.
    seconds : tuple of float
        Wall and CPU seconds, read once `variables` were in memory.
    """
    typed: Arrays = {name: statistics[name].astype(dtype) for name, dtype in TYPES.items()}
    (warmup, posterior), (warmup_statistics, kept) = (
        (
            {name: value[:, :tune] for name, value in arrays.items()},
            {name: value[:, tune:] for name, value in arrays.items()},
        )
        for arrays in (variables, typed)
    )
    return Fit(
        posterior=posterior,
        sample_stats=kept,
        warmup_posterior=warmup,
        warmup_sample_stats=warmup_statistics,
        sample_seconds=seconds[0],
        sample_cpu_seconds=seconds[1],
        gradients_tune=evaluations.of_warmup(warmup_statistics["n_steps"]),
        gradients_draw=evaluations.of_draws(kept["n_steps"]),
    )


def arrays_of(group: xr.DataTree) -> Arrays:
    """Return every variable of `group` as an array in memory, dims (chain, draw, *dims)."""
    return {str(name): np.asarray(variable.values) for name, variable in group.data_vars.items()}


def renamed(group: xr.DataTree, names: Mapping[str, str]) -> Arrays:
    """Return the statistics of `TYPES`, each (chain, draw); `names` maps ours to the sampler's."""
    return {
        ours: np.asarray(group[names[ours]].values, dtype=dtype) for ours, dtype in TYPES.items()
    }
