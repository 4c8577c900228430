"""From a sampler's DataTree to plain arrays under one set of names."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from hierbench.records import Arrays, Fit
from hierbench.samplers.clock import Clock

__all__ = ["TYPES", "arrays_of", "fit_of", "renamed"]

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


def fit_of(tree: Mapping[str, Any], names: Mapping[str, str], clock: Clock) -> Fit:
    """Return the fit in `tree`; `clock` is read once all variables are in memory.

    `names` maps our names of the sample statistics to the sampler's.
    """
    posterior, warmup = arrays_of(tree["posterior"]), arrays_of(tree["warmup_posterior"])
    seconds, cpu_seconds = clock.read()
    return Fit(
        posterior=posterior,
        sample_stats=renamed(tree["sample_stats"], names),
        warmup_posterior=warmup,
        warmup_sample_stats=renamed(tree["warmup_sample_stats"], names),
        sample_seconds=seconds,
        sample_cpu_seconds=cpu_seconds,
    )


def arrays_of(group: xr.DataTree) -> Arrays:
    """Return every variable of `group` as an array in memory, dims (chain, draw, *dims)."""
    return {str(name): np.asarray(variable.values) for name, variable in group.data_vars.items()}


def renamed(group: xr.DataTree, names: Mapping[str, str]) -> Arrays:
    """Return the statistics of `TYPES`, each (chain, draw); `names` maps ours to the sampler's."""
    return {
        ours: np.asarray(group[names[ours]].values, dtype=dtype) for ours, dtype in TYPES.items()
    }
