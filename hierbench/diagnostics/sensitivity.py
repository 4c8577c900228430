"""How much the posterior moves when the hyperprior, or the likelihood, counts for more or less."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
import xarray as xr
from arviz_stats.psense import psense
from numpy.typing import NDArray

from hierbench.records import Arrays

__all__ = ["THRESHOLD", "Sensitivity", "sensitivities"]

type Floats = NDArray[np.float64]

THRESHOLD = 0.05
"""Sensitivity that counts, as ArviZ and Kallioinen et al. (2024) have it."""


@dataclass(frozen=True)
class Sensitivity:
    """Power-scaling sensitivity of one parameter.

    Attributes
    ----------
    prior, likelihood : float
        Cumulative Jensen-Shannon distance between the posteriors under powers 0.99 and 1.01, per
        doubling of the power.
    """

    parameter: str
    prior: float
    likelihood: float

    @property
    def diagnosis(self) -> str:
        """What the two say together, in words."""
        if isnan(self.prior + self.likelihood):
            return "not defined"
        if self.prior < THRESHOLD:
            return "the prior hardly matters"
        if self.likelihood >= THRESHOLD:
            return "the prior matters: perhaps it and the data disagree"
        return "the prior matters: strong, or the data weak"


def sensitivities(
    draws: Arrays, *, log_prior: Floats, log_likelihood: Floats
) -> tuple[Sensitivity, ...]:
    """Return the sensitivity of every parameter of `draws`, each dims (chain, draw).

    Power scaling with Pareto-smoothed importance weights, by ArviZ (Kallioinen, Paananen,
    Bürkner and Vehtari 2024, Detecting and diagnosing prior and likelihood sensitivity with
    power-scaling, Statistics and Computing 34, 57). A weight needs the sum over the rows alone.

    Parameters
    ----------
    log_prior : ndarray
        Dims (chain, draw): of what is to be scaled as the prior.
    log_likelihood : ndarray
        Dims (chain, draw): of all rows.
    """
    tree = xr.DataTree.from_dict(
        {
            "posterior": grouped(draws),
            "log_prior": grouped({"hyperprior": log_prior}),
            "log_likelihood": grouped({"y": log_likelihood}),
        }
    )
    found = {group: psense(tree, group=group) for group in ("prior", "likelihood")}
    return tuple(
        Sensitivity(name, *(float(found[group][name]) for group in ("prior", "likelihood")))
        for name in draws
    )


def grouped(arrays: Arrays) -> xr.Dataset:
    """Return scalars' draws as a group of a DataTree."""
    dims: Sequence[str] = ("chain", "draw")
    shape = next(iter(arrays.values())).shape
    return xr.Dataset(
        {name: (dims, value) for name, value in arrays.items()},
        coords={dim: np.arange(size) for dim, size in zip(dims, shape, strict=True)},
    )
