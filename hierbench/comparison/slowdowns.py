"""Slowdowns of settings, and which of them are found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.comparison.matching import Shared
from hierbench.comparison.statistics import Ratio, logs_of, welch
from hierbench.family import holm
from hierbench.metrics import better_end

__all__ = ["FAMILY_WISE_LEVEL", "THRESHOLD", "Found", "found", "slowdown", "together"]

type Floats = NDArray[np.float64]

THRESHOLD = 1.1
"""The smallest estimated slowdown that counts."""

FAMILY_WISE_LEVEL = 0.05
"""Chance that a slowdown is found anywhere though there is none."""

TOGETHER_LEVEL = 0.01
"""Of it, the share of all settings taken together."""


@dataclass(frozen=True)
class Found:
    """Which slowdowns are found, dims (setting,).

    Attributes
    ----------
    slower, faster : ndarray
        Which settings are.
    overall : Ratio
        Geometric mean of the slowdowns, dims (1,).
    overall_slower : bool
        Whether the settings are slower taken together; False for a single one.
    """

    slower: NDArray[np.bool_]
    faster: NDArray[np.bool_]
    overall: Ratio
    overall_slower: bool


def found(ratios: Ratio, threshold: float = THRESHOLD) -> Found:
    """Return which of the slowdowns are significant and, as estimated, reach `threshold`.

    Significant is a setting by Holm's procedure at the level `FAMILY_WISE_LEVEL` less
    `TOGETHER_LEVEL` over all settings, or all settings taken together at `TOGETHER_LEVEL`, which
    finds a slowdown that all share; a single setting has all of `FAMILY_WISE_LEVEL`.
    """
    several = len(ratios.log) > 1
    level = FAMILY_WISE_LEVEL - TOGETHER_LEVEL if several else FAMILY_WISE_LEVEL
    p_values = ratios.probability_below()
    large = ratios.log >= np.log(threshold)
    overall = mean_of(ratios)
    together_slower = overall.probability_below() <= TOGETHER_LEVEL
    return Found(
        slower=(holm(p_values) <= level) & large,
        faster=holm(1 - p_values) <= level,
        overall=overall,
        overall_slower=several
        and bool(together_slower[0])
        and bool(overall.log[0] >= np.log(threshold)),
    )


def slowdown(setting: Shared, metric: str) -> Ratio:
    """Return one setting's slowdown: Welch's, or paired by seed where all draws are the same.

    Then the seeds' own differences are the same on both sides and cancel: what is left is the
    noise of the clock.
    """
    sign = better_end(metric)
    then, now = setting.passing
    if setting.paired:
        here, there = (cells.set_index("cell_key")[metric] for cells in (now, then))
        ratios = (here / there.loc[here.index]).to_numpy(dtype=np.float64)
        logs = logs_of(ratios[None])
        return Ratio(-sign * logs.mean, logs.error, logs.count - 1)
    one, other = (
        logs_of(cells[metric].to_numpy(dtype=np.float64)[None])
        for cells in ((then, now) if sign > 0 else (now, then))
    )
    return welch(one, other)


def together(ratios: Sequence[Ratio]) -> Ratio:
    """Return several ratios as one record."""
    parts = [[getattr(ratio, name) for ratio in ratios] for name in ("log", "error", "freedom")]
    log, error, freedom = (np.concatenate(part) if part else np.empty(0) for part in parts)
    return Ratio(log, error, freedom)


def mean_of(ratios: Ratio) -> Ratio:
    """Return the geometric mean of all ratios, degrees of freedom by Satterthwaite."""
    if len(ratios.log) == 0:
        return ratios
    variances = ratios.error**2
    freedom = variances.sum() ** 2 / (variances**2 / ratios.freedom).sum()
    error = np.sqrt(variances.sum()) / len(variances)
    return Ratio(np.array([ratios.log.mean()]), np.array([error]), np.array([freedom]))
