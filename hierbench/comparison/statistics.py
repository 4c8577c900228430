"""Intervals, ratios and probabilities from few seeds, all on the log scale.

The log of a metric over seeds is taken for Normal, with a sd of each setting's own: Student's t
for one setting and Welch's t for two. tests/benchmarks/coverage.py measures how far that holds
and what sharing the sd between settings, or a bootstrap, would cost.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

__all__ = [
    "LEVEL",
    "POWER",
    "Logs",
    "Ratio",
    "critical",
    "intervals",
    "logs_of",
    "more_seeds",
    "probability_best",
    "welch",
]

type Floats = NDArray[np.float64]

LEVEL = 0.9
"""Of every interval, two-sided."""

POWER = 0.8
"""Chance at which `more_seeds` would tell two settings apart."""

MOST_SEEDS = 1000
GRID = 512
FEWEST_QUANTILES, MOST_QUANTILES = 8, 256
SMALLEST_SD = 1e-12
"""Of logs: equal figures have no spread, and a t distribution needs some."""


@dataclass(frozen=True)
class Logs:
    """Means and sds of log metrics over seeds, each dims (setting,).

    Attributes
    ----------
    mean, sd : ndarray
        NaN where a setting has no, or one, usable value (sd: ddof 1).
    count : ndarray
        Seeds behind them.
    """

    mean: Floats
    sd: Floats
    count: Floats

    def __getitem__(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Logs":
        return Logs(self.mean[chosen], self.sd[chosen], self.count[chosen])

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def error(self) -> Floats:
        """Standard errors of the means."""
        return np.maximum(self.sd, SMALLEST_SD) / np.sqrt(self.count)


def logs_of(values: Floats) -> Logs:
    """Return the logs of positive `values`, dims (setting, seed)."""
    logs = np.log(values)
    spread = logs.std(axis=1, ddof=1) if values.shape[1] > 1 else np.full(len(values), np.nan)
    return Logs(logs.mean(axis=1), spread, np.full(len(values), float(values.shape[1])))


@cache
def quantile(level: float, freedom: float) -> float:
    """Return the quantile of Student's t; kept, because settings share few degrees of freedom."""
    return float(stdtrit(freedom, level))


def critical(freedom: Floats, level: float = LEVEL) -> Floats:
    """Return the half-width, in standard errors, of a two-sided interval."""
    upper = (1 + level) / 2
    return np.array([quantile(upper, float(one)) for one in np.atleast_1d(freedom)])


def intervals(logs: Logs, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return both ends of the interval for each setting's typical value, in the metric's unit.

    Of a log-normal metric that value is the median of all seeds that could be run. NaN below two
    seeds.
    """
    half = np.full(len(logs), np.nan)
    known = logs.count >= 2
    half[known] = critical(logs.count[known] - 1, level) * logs.error[known]
    return np.exp(logs.mean - half), np.exp(logs.mean + half)


@dataclass(frozen=True)
class Ratio:
    """Ratios of typical values on the log scale, each dims (pair,).

    Attributes
    ----------
    log, error, freedom : ndarray
        The difference of the log means, its standard error, and Welch's degrees of freedom.
    """

    log: Floats
    error: Floats
    freedom: Floats

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Return both ends of the ratios' intervals."""
        half = stdtrit(self.freedom, (1 + level) / 2) * self.error
        return np.exp(self.log - half), np.exp(self.log + half)

    def probability_below(self, log: float = 0.0) -> Floats:
        """Return the one-sided p value of a ratio that is not larger than exp(`log`)."""
        return np.asarray(stdtr(self.freedom, (log - self.log) / self.error))


def welch(one: Logs, other: Logs) -> Ratio:
    """Return the ratios one / other (Welch 1947): the two need not share a sd or seeds.

    A seed shared by two forms or two samplers starts other random numbers in each, so their
    figures are not paired.
    """
    first, second = one.error**2, other.error**2
    total = first + second
    freedom = total**2 / (first**2 / (one.count - 1) + second**2 / (other.count - 1))
    return Ratio(one.mean - other.mean, np.sqrt(total), freedom)


def probability_best(logs: Logs, sign: int) -> Floats:
    """Return each setting's probability of having the best typical value, dims (setting,).

    The typical value's log has the posterior mean + error * t(count - 1) (Normal data, prior
    1 / sd). Setting i is the best with probability sum over x of P(i in dx) * product over the
    others of P(j beyond x), on a grid of all settings' quantiles: nothing random.

    Parameters
    ----------
    logs : Logs
        At least two seeds each.
    sign : int
        1 where higher is better, -1 where lower is.
    """
    if len(logs) < 2:
        return np.ones(len(logs))
    mean, freedom = sign * logs.mean, logs.count - 1
    each = int(np.clip(GRID // len(logs), FEWEST_QUANTILES, MOST_QUANTILES))
    levels = (np.arange(each) + 0.5) / each
    spread = stdtrit(freedom[:, None], levels) * logs.error[:, None]
    union = np.unique(mean[:, None] + spread)
    grid = union[:: max(1, len(union) // GRID)]
    below = stdtr(freedom[:, None], (grid - mean[:, None]) / logs.error[:, None])
    mass = np.diff(below, axis=1, prepend=0.0, append=1.0)
    edges = np.pad(below, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    middle = np.log(np.maximum((edges[:, 1:] + edges[:, :-1]) / 2, np.finfo(float).tiny))
    others = np.exp(middle.sum(axis=0) - middle)
    found = (mass * others).sum(axis=1)
    return np.asarray(found / found.sum())


def more_seeds(one: Logs, other: Logs, level: float = LEVEL, power: float = POWER) -> Floats:
    """Return how many more seeds each of two settings needs until they can be told apart.

    The smallest n, for both, at which an interval of `level` leaves 1 out with chance `power`, if
    means and sds stay as they are; NaN where `MOST_SEEDS` would not do. 0 where the interval
    leaves 1 out now.
    """
    low, high = welch(one, other).interval(level)
    variances = np.maximum(one.sd, SMALLEST_SD) ** 2, np.maximum(other.sd, SMALLEST_SD) ** 2
    total = variances[0] + variances[1]
    shape = total**2 / (variances[0] ** 2 + variances[1] ** 2)
    apart = np.abs(one.mean - other.mean) / np.sqrt(total)

    def enough(seeds: Floats) -> NDArray[np.bool_]:
        freedom = (seeds - 1) * shape
        needed = stdtrit(freedom, (1 + level) / 2) + stdtrit(freedom, power)
        return np.asarray(apart * np.sqrt(seeds) >= needed)

    smallest = np.full(len(apart), 1.0)
    largest = np.full(len(apart), float(MOST_SEEDS))
    reachable = enough(largest)
    while np.any(largest - smallest > 1):
        middle = np.floor((smallest + largest) / 2)
        good = enough(np.maximum(middle, 2))
        largest = np.where(good & (middle > 1), middle, largest)
        smallest = np.where(good, smallest, middle)
    wanted = np.maximum(largest - np.minimum(one.count, other.count), 1.0)
    told = (low > 1) | (high < 1)
    return np.where(told, 0.0, np.where(reachable, wanted, np.nan))
