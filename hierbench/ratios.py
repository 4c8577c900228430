"""Differences in units of their errors."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["ratio"]

type Floats = NDArray[np.float64]


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, 0 where the top is: a constant, of no error, agrees with itself."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(top == 0, 0.0, top / bottom)
