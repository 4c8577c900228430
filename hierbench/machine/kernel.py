"""A fixed piece of arithmetic whose pace tells how fast this machine is just now.

One repetition is a log density of 8,000 rows in 200 groups and its gradient: gathers, exp, log,
a dot product and sums by group, in double precision. 10 repeats of 30 repetitions, 20 ms on a
2.6 GHz core; the best repeat counts, so that an interruption does not.
"""

from functools import cache
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays

__all__ = ["machine_speed", "speeds"]

ROWS, GROUPS = 8_000, 200
REPEATS, REPETITIONS = 10, 30


def machine_speed() -> float:
    """Return the repetitions per second of one core now, by the best of some short repeats.

    Comparable between cells of one machine and one set of packages.
    """
    return max(speeds(REPEATS))


def speeds(repeats: int) -> list[float]:
    """Return the repetitions per second of each repeat."""
    repetition(rows())  # makes the rows, and brings them near
    return [speed() for _ in range(repeats)]


def speed() -> float:
    """Return the repetitions per second of one repeat."""
    values = rows()
    start = perf_counter()
    for _ in range(REPETITIONS):
        repetition(values)
    return REPETITIONS / (perf_counter() - start)


def repetition(values: Arrays) -> tuple[float, NDArray[np.float64]]:
    """Return the log density of `values` and its gradient by the heights, dims (group,)."""
    group, spread = values["group"], values["spread"]
    predicted = values["height"][group] + values["slope"][group] * values["x"]
    score = (values["y"] - predicted) / spread
    odds = np.exp(score)
    density = -0.5 * float(np.dot(score, score)) - float(np.log1p(odds).sum())
    slope = (score + odds / (1 + odds)) / spread
    return density, np.bincount(group, weights=slope, minlength=GROUPS)


@cache
def rows() -> Arrays:
    """Return the same rows and parameters each time."""
    rng = np.random.default_rng(1)
    return {
        "group": rng.integers(GROUPS, size=ROWS),
        "x": rng.standard_normal(ROWS),
        "y": rng.standard_normal(ROWS),
        "height": rng.standard_normal(GROUPS),
        "slope": rng.standard_normal(GROUPS),
        "spread": np.array(1.5),
    }
