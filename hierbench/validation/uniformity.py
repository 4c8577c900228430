"""Whether ranks are uniform: the simultaneous ECDF test of Säilynoja, Bürkner and Vehtari (2022).

Their article (Statistics and Computing 32:32) is cited by section. Nothing here is simulated: the
chance that a whole ECDF stays inside a band is computed exactly.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, poisson

__all__ = ["Band", "band", "counts_below", "p_value"]

type Floats = NDArray[np.float64]
type Integers = NDArray[np.int64]

ROUNDING = 1e-9
"""Relative: tails that are equal but for rounding are equal."""

HALVINGS = 50


@dataclass(frozen=True)
class Band:
    """Where the whole ECDF of uniform ranks stays, but for a given chance.

    Attributes
    ----------
    points : ndarray
        Dims (point,): shares of the ranks' range, 1 / (draws + 1) .. draws / (draws + 1).
    low, high : ndarray
        Dims (point,): the least and the greatest share of ranks below each point.
    """

    points: Floats
    low: Floats
    high: Floats


def counts_below(ranks: Integers, draws: int) -> Integers:
    """Return how many ranks, each 0 .. draws, lie below 1, 2, ..., draws; dims (point,).

    >>> counts_below(np.array([0, 0, 2, 3]), 3)
    array([2, 2, 3])
    """
    return np.asarray(np.cumsum(np.bincount(ranks, minlength=draws + 1))[:-1])


def p_value(ranks: Integers, draws: int) -> float:
    """Return the chance that uniform ranks have an ECDF at least as far out as this one.

    How far out is gamma, the smallest two-sided binomial tail of the ECDF over all points
    (section 2.1, equation 5). The p value is exact, and as small as 1e-12 it is still right.

    Parameters
    ----------
    ranks : ndarray
        Dims (simulation,), each 0 .. draws.
    """
    count = len(ranks)
    every = tails(count, draws)
    gamma = every[np.arange(draws), counts_below(ranks, draws)].min()
    return max(0.0, 1.0 - chance_inside(every > gamma * (1 + ROUNDING), count))


def band(count: int, draws: int, level: float) -> Band:
    """Return the narrowest band that `count` uniform ranks leave with a chance of at most `level`.

    Section 2.2, with the exact chance in place of its simulation (algorithm 2).
    """
    every = tails(count, draws)
    low, high = np.log(level / draws) - 5.0, np.log(level)  # of log gamma: union bound, one point
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        leaves = 1.0 - chance_inside(every > np.exp(middle), count)
        low, high = (middle, high) if leaves <= level else (low, middle)
    inside = every > np.exp(low)
    points = np.arange(1, draws + 1) / (draws + 1)
    greatest = count - np.argmax(inside[:, ::-1], axis=1)
    return Band(points, np.argmax(inside, axis=1) / count, greatest / count)


@cache
def tails(count: int, draws: int) -> Floats:
    """Return 2 min(P(B <= k), P(B >= k)), dims (point, k), B ~ Binomial(count, point)."""
    points = np.arange(1, draws + 1)[:, None] / (draws + 1)
    k = np.arange(count + 1)
    return np.asarray(2 * np.minimum(binom.cdf(k, count, points), binom.sf(k - 1, count, points)))


def chance_inside(inside: NDArray[np.bool_], count: int) -> float:
    """Return the chance that the ECDF of `count` uniform ranks stays `inside` at every point.

    The counts between neighbouring points are multinomial: independent Poisson counts, given
    their sum. So the chance is a chain of convolutions, cut at every point to what is inside
    (the recursion of section 2.2.2, with Poisson steps in place of binomial ones).

    Parameters
    ----------
    inside : ndarray of bool
        Dims (point, count + 1): the counts below each point that are allowed.
    """
    step = poisson.pmf(np.arange(count + 1), count / (len(inside) + 1))
    weights = np.zeros(count + 1)
    weights[0] = 1.0
    for allowed in inside:
        weights = np.convolve(weights, step)[: count + 1] * allowed
    return float(weights @ step[::-1] / poisson.pmf(count, count))
