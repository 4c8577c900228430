"""Whether two sets of draws speak of one distribution, within Monte Carlo error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import convergence, ratio
from hierbench.family import bonferroni, quantile

__all__ = ["FAMILY_WISE_LEVEL", "POWER", "Agreement", "agreement", "agreement_of_chains"]

type Floats = NDArray[np.float64]

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
        Dims (parameter,): difference of the means and of the sds over its standard error; NaN
        where that is not defined.
    bound : float
        A larger absolute z is a difference, at `FAMILY_WISE_LEVEL` over all of them.
    smallest_shift : float
        The smallest shift of one mean, in posterior sds, that would have been found in any
        parameter at `POWER`.
    """

    names: Sequence[str]
    z_mean: Floats
    z_sd: Floats
    bound: float
    smallest_shift: float

    @property
    def differs(self) -> bool:
        """Whether some parameter's mean or sd differs beyond the bound."""
        return bool(np.any(np.abs([self.z_mean, self.z_sd]) > self.bound))

    @property
    def undefined(self) -> list[str]:
        """Names of the parameters that could not be compared."""
        unknown = np.isnan(self.z_mean) | np.isnan(self.z_sd)
        return [name for name, nan in zip(self.names, unknown, strict=True) if nan]

    def worst(self, count: int) -> list[tuple[str, float, float]]:
        """Return name, z of the mean and z of the sd of the `count` parameters furthest apart."""
        size = np.nan_to_num(np.abs([self.z_mean, self.z_sd]).max(axis=0), nan=-np.inf)
        order = np.argsort(-size, kind="stable")[:count]
        return [(self.names[i], float(self.z_mean[i]), float(self.z_sd[i])) for i in order]


def agreement(names: Sequence[str], first: Floats, second: Floats) -> Agreement:
    """Compare two sets of draws of converged runs, each (chain, draw, parameter).

    Each parameter's mean and sd are compared by z = difference / sqrt(MCSE1^2 + MCSE2^2), with
    the bound Bonferroni-corrected over all of them (MCSE: Vehtari et al. 2021, section 4; for
    the sd through the delta method, as in ArviZ). A run that has not converged has an MCSE
    that means nothing: see `agreement_of_chains`.
    """
    one, two = convergence(first), convergence(second)
    return compare(
        names,
        means=(one.mean - two.mean, np.hypot(one.mcse_mean, two.mcse_mean)),
        sds=(one.sd - two.sd, np.hypot(one.mcse_sd, two.mcse_sd)),
        sd=np.minimum(one.sd, two.sd),
        freedom=np.inf,
    )


def agreement_of_chains(names: Sequence[str], first: Floats, second: Floats) -> Agreement:
    """Compare two sets of draws by their chains alone, each (chain, draw, parameter).

    Chains that differ by their random numbers alone are independent and identically
    distributed, however badly they mix. So the means of the chains, and their sds, are compared
    as two samples of one distribution by Student's t with pooled variance. NaN where the runs
    have one chain each.
    """
    chains = first.shape[0] + second.shape[0]

    def apart(one: Floats, two: Floats) -> tuple[Floats, Floats]:
        squares = sum(((of - of.mean(axis=0)) ** 2).sum(axis=0) for of in (one, two))
        variance = squares * (1 / len(one) + 1 / len(two))
        with np.errstate(divide="ignore", invalid="ignore"):
            return one.mean(axis=0) - two.mean(axis=0), np.sqrt(variance / (chains - 2))

    return compare(
        names,
        means=apart(first.mean(axis=1), second.mean(axis=1)),
        sds=apart(first.std(axis=1), second.std(axis=1)),
        sd=np.minimum(first.std(axis=(0, 1)), second.std(axis=(0, 1))),
        freedom=chains - 2,
    )


def compare(
    names: Sequence[str],
    *,
    means: tuple[Floats, Floats],
    sds: tuple[Floats, Floats],
    sd: Floats,
    freedom: float,
) -> Agreement:
    """Return the comparison of differences with their standard errors.

    Parameters
    ----------
    means, sds : tuple of ndarray
        The differences and their standard errors, each dims (parameter,).
    sd : ndarray
        Dims (parameter,): the posterior's.
    freedom : float
        Degrees of freedom of the standard errors.
    """
    bound = bonferroni(FAMILY_WISE_LEVEL, 2 * len(names), freedom)
    found = (bound + quantile(POWER, freedom)) * ratio(means[1], sd)
    return Agreement(
        names=names,
        z_mean=ratio(*means),
        z_sd=ratio(*sds),
        bound=bound,
        smallest_shift=float(np.max(found)),
    )
