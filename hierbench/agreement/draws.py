"""Whether two sets of draws speak of one distribution, within Monte Carlo error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.agreement.engine import Apart, Figures, in_errors
from hierbench.diagnostics.convergence import convergence
from hierbench.family import bonferroni, quantile
from hierbench.ratios import ratio

__all__ = ["FAMILY_WISE_LEVEL", "POWER", "Equivalence", "equivalence", "equivalence_of_chains"]

type Floats = NDArray[np.float64]

FAMILY_WISE_LEVEL = 0.01
"""Chance that two runs of one posterior are called different at all."""

POWER = 0.9
"""Chance at which `smallest_shift` would have been found."""


@dataclass(frozen=True)
class Equivalence(Apart):
    """A comparison of two runs, at `FAMILY_WISE_LEVEL` over all means and sds.

    Attributes
    ----------
    smallest_shift : float
        The smallest shift of one mean, in posterior sds, that would have been found in any
        parameter at `POWER`.
    """

    smallest_shift: float


def equivalence(names: Sequence[str], first: Floats, second: Floats) -> Equivalence:
    """Compare two sets of draws of converged runs, each (chain, draw, parameter).

    Each parameter's mean and sd are compared by z = difference / sqrt(MCSE1^2 + MCSE2^2), with
    the bound Bonferroni-corrected over all of them (MCSE: Vehtari et al. 2021, section 4; for
    the sd through the delta method, as in ArviZ). A run that has not converged has an MCSE
    that means nothing: see `equivalence_of_chains`.
    """
    one, two = figures_of(names, first), figures_of(names, second)
    errors = np.hypot(one.errors, two.errors)
    return compared(names, one.values - two.values, errors, np.minimum(one.sd, two.sd), np.inf)


def figures_of(names: Sequence[str], draws: Floats) -> Figures:
    """Return the figures of draws, dims (chain, draw, parameter)."""
    found = convergence(draws)
    values, errors = ([found.mean, found.sd], [found.mcse_mean, found.mcse_sd])
    return Figures(names, np.array(values), np.array(errors))


def equivalence_of_chains(names: Sequence[str], first: Floats, second: Floats) -> Equivalence:
    """Compare two sets of draws by their chains alone, each (chain, draw, parameter).

    Chains that differ by their random numbers alone are independent and identically
    distributed, however badly they mix. So the means of the chains, and their sds, are compared
    as two samples of one distribution by Student's t with pooled variance. NaN where the runs
    have one chain each.
    """
    chains = first.shape[0] + second.shape[0]

    def difference(one: Floats, two: Floats) -> tuple[Floats, Floats]:
        squares = sum(((of - of.mean(axis=0)) ** 2).sum(axis=0) for of in (one, two))
        variance = squares * (1 / len(one) + 1 / len(two))
        with np.errstate(divide="ignore", invalid="ignore"):
            return one.mean(axis=0) - two.mean(axis=0), np.sqrt(variance / (chains - 2))

    of_mean = difference(first.mean(axis=1), second.mean(axis=1))
    of_sd = difference(first.std(axis=1), second.std(axis=1))
    differences, errors = np.stack([of_mean, of_sd], axis=1)
    sd = np.minimum(first.std(axis=(0, 1)), second.std(axis=(0, 1)))
    return compared(names, differences, errors, sd, chains - 2)


def compared(
    names: Sequence[str], differences: Floats, errors: Floats, sd: Floats, freedom: float
) -> Equivalence:
    """Return the comparison of differences with their standard errors.

    Parameters
    ----------
    differences, errors : ndarray
        Dims (2, parameter): of the means and of the sds.
    sd : ndarray
        Dims (parameter,): the posterior's.
    freedom : float
        Degrees of freedom of the standard errors.
    """
    bound = bonferroni(FAMILY_WISE_LEVEL, 2 * len(names), freedom)
    found = in_errors(names, differences, errors, sd, bound)
    least = (bound + quantile(POWER, freedom)) * ratio(errors[0], sd)
    return Equivalence(names, found.z, found.in_sds, bound, smallest_shift=float(np.max(least)))
