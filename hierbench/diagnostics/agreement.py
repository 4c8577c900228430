"""Whether two sets of draws speak of one distribution, within Monte Carlo error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from hierbench.diagnostics.convergence import convergence

__all__ = ["FAMILY_WISE_LEVEL", "POWER", "Agreement", "agreement"]

FAMILY_WISE_LEVEL = 0.01
"""Chance that two runs of one posterior are called different at all."""

POWER = 0.9
"""Chance at which `smallest_shift` would have been found."""


@dataclass(frozen=True)
class Agreement:
    """A comparison of two runs, parameter by parameter.

    Attributes
    ----------
    names : sequence of str
        Dims (parameter,).
    z_mean, z_sd : ndarray
        Dims (parameter,): difference of the means and of the sds over its standard error.
    bound : float
        A larger absolute z is a difference, at `FAMILY_WISE_LEVEL` over all of them.
    smallest_shift : float
        The smallest shift of one mean, in posterior sds, that would have been found in any
        parameter at `POWER`.
    """

    names: Sequence[str]
    z_mean: NDArray[np.float64]
    z_sd: NDArray[np.float64]
    bound: float
    smallest_shift: float

    @property
    def agrees(self) -> bool:
        """Whether no parameter's mean or sd differs beyond the bound; a NaN does not agree."""
        return bool(np.all(np.abs([self.z_mean, self.z_sd]) <= self.bound))

    def worst(self, count: int) -> list[tuple[str, float, float]]:
        """Return name, z of the mean and z of the sd of the `count` parameters furthest apart."""
        size = np.nan_to_num(np.abs([self.z_mean, self.z_sd]).max(axis=0), nan=np.inf)
        order = np.argsort(-size, kind="stable")[:count]
        return [(self.names[i], float(self.z_mean[i]), float(self.z_sd[i])) for i in order]


def agreement(
    names: Sequence[str], first: NDArray[np.float64], second: NDArray[np.float64]
) -> Agreement:
    """Compare two sets of draws, each (chain, draw, parameter).

    Each parameter's mean and sd are compared by z = difference / sqrt(MCSE1^2 + MCSE2^2), with
    the bound Bonferroni-corrected over all of them (MCSE: Vehtari et al. 2021, section 4; for
    the sd through the delta method, as in ArviZ).
    """
    one, two = convergence(first), convergence(second)
    comparisons = 2 * len(names)
    bound = float(norm.isf(FAMILY_WISE_LEVEL / 2 / comparisons))
    error = np.hypot(one.mcse_mean, two.mcse_mean)
    found = (bound + float(norm.ppf(POWER))) * ratio(error, np.minimum(one.sd, two.sd))
    return Agreement(
        names=names,
        z_mean=ratio(one.mean - two.mean, error),
        z_sd=ratio(one.sd - two.sd, np.hypot(one.mcse_sd, two.mcse_sd)),
        bound=bound,
        smallest_shift=float(np.max(found)),
    )


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return top / bottom, 0 where both are 0: a constant agrees with itself."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((top == 0) & (bottom == 0), 0.0, top / bottom)
