"""From a sampler's DataTree to plain arrays under one set of names."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from hierbench.records import Arrays

__all__ = ["TYPES", "arrays_of", "renamed"]

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


def arrays_of(group: xr.DataTree) -> Arrays:
    """Return every variable of `group` as an array in memory, dims (chain, draw, *dims)."""
    return {str(name): np.asarray(variable.values) for name, variable in group.data_vars.items()}


def renamed(group: xr.DataTree, names: Mapping[str, str]) -> Arrays:
    """Return the statistics of `TYPES`, each (chain, draw); `names` maps ours to the sampler's."""
    return {
        ours: np.asarray(group[names[ours]].values, dtype=dtype) for ours, dtype in TYPES.items()
    }
