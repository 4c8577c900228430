"""Many tests at once: bounds and p values that hold for the whole family of them."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

__all__ = ["bonferroni", "holm", "quantile"]

type Floats = NDArray[np.float64]


def bonferroni(level: float, tests: int, freedom: float = np.inf) -> float:
    """Return the absolute score that any of `tests` passes with chance `level` though none is off.

    Parameters
    ----------
    level : float
        In (0, 1): the family-wise error rate, two-sided.
    tests : int
        Their number, 0 or more; without any the bound is infinite.
    freedom : float
        Degrees of freedom of Student's t, above 0; without limit the scores are Normal.
    """
    return -quantile(level / 2 / tests, freedom) if tests else np.inf


def quantile(probability: float, freedom: float = np.inf) -> float:
    """Return the quantile of Student's t, of the standard Normal without limit of `freedom`."""
    return float(stdtrit(freedom, probability))


def holm(p_values: Floats) -> Floats:
    """Return the p values adjusted for their number, dims (test,), each in [0, 1].

    Those at or below a level are found at that family-wise level, whatever depends on what (Holm
    1979, Scandinavian Journal of Statistics 6:65). NaN stays NaN and is found at no level.

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p_values[order]))
    return adjusted
