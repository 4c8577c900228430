"""What numba compiles once in a process, compiled in the server that workers are forked from.

A slice that is assigned to needs, in case its shape is wrong, a sentence with both shapes in it:
numba compiles its text functions for that, a second with the first model of every worker. The
server has the time while the sweep's process still imports and plans.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["assign_end"]


def _assign_end(values: NDArray[np.float64], part: NDArray[np.float64]) -> None:
    """Assign `part` to all of `values` but the first."""
    values[1:] = part


assign_end: Any = njit(_assign_end)
assign_end(np.zeros(2), np.ones(1))
