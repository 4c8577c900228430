"""Whether replicates of the data look like the data: a small table in the user's own units."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.dataset import Units
from hierbench.records import Arrays

__all__ = ["COVERAGES", "INTERVAL", "STATISTICS", "predictive_check", "statistics_of"]

type Floats = NDArray[np.float64]

STATISTICS = ("mean", "sd", "min", "q25", "median", "q75", "max")
"""Of y over all rows; the sd with ddof 0."""

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)

COVERAGES = (0.5, 0.9)
"""Probabilities of the rows' central predictive intervals whose coverage is counted."""

INTERVAL = (0.05, 0.95)
"""Quantiles between which a replicate's statistic lies in nine cases of ten."""


def statistics_of(blocks: Iterable[NDArray[np.floating[Any]]]) -> Floats:
    """Return `STATISTICS` of every replicate, dims (draw, statistic); blocks dims (draw, obs)."""
    return np.concatenate([_statistics(block) for block in blocks])


def predictive_check(observed: Floats, units: Units, replicated: Floats, below: Floats) -> Arrays:
    """Return the columns of the predictive table, a row per statistic, then one per coverage.

    `observed` is the outcome's own statistic, `predicted` the median of the replicates', `low`
    and `high` their 5 % and 95 % quantiles, `tail_probability` the share of replicates whose
    statistic is at least the outcome's (Gelman, Meng and Stern 1996, section 2.2): near 0 or 1
    the model does not give
    data like these. A coverage's `observed` is the share of rows inside their own central
    predictive interval, `predicted` its probability; the rows were fitted themselves, so a
    right model covers somewhat more.

    Parameters
    ----------
    observed : ndarray
        Dims (obs,): the outcome, in the model's units.
    units : Units
        The user's own.
    replicated : ndarray
        As `statistics_of` returns it, in the model's units.
    below : ndarray
        Dims (obs,): probability that a replicate of the row is below it.
    """
    own = _statistics(observed[None])[0]
    low, middle, high = np.quantile(replicated, (INTERVAL[0], 0.5, INTERVAL[1]), axis=0)
    covered = [float(np.mean(np.abs(below - 0.5) <= share / 2)) for share in COVERAGES]
    none = np.full(len(COVERAGES), np.nan)

    def column(of_statistics: Floats, of_coverages: Any) -> Floats:
        return np.concatenate([of_statistics * units.scale, of_coverages])

    tail = np.mean(replicated >= own, axis=0)
    return {
        "statistic": np.array(
            [*STATISTICS, *(f"coverage_{share:.0%}"[:-1] for share in COVERAGES)]
        ),
        "unit": np.array([units.name] * len(STATISTICS) + ["share of rows"] * len(COVERAGES)),
        "observed": column(own, covered),
        "predicted": column(middle, COVERAGES),
        "low": column(low, none),
        "high": column(high, none),
        "tail_probability": np.concatenate([tail, none]),
        "draws": np.full(len(STATISTICS) + len(COVERAGES), len(replicated)),
    }


def _statistics(values: NDArray[np.floating[Any]]) -> Floats:
    """Return `STATISTICS` of each row of `values`.

    Sorted once, as that takes a quarter of the time of NumPy's quantiles; linear between ranks.
    """
    ordered = np.sort(values, axis=-1)
    places = np.array(QUANTILES) * (values.shape[-1] - 1)
    lower = places.astype(np.intp)
    upper = np.minimum(lower + 1, values.shape[-1] - 1)
    first, second = ordered[..., lower].astype(np.float64), ordered[..., upper]
    minimum, *quartiles, maximum = np.moveaxis(first + (places - lower) * (second - first), -1, 0)
    mean, sd = (of(values, axis=-1, dtype=np.float64) for of in (np.mean, np.std))
    return np.stack([mean, sd, minimum, *quartiles, maximum], axis=-1)
