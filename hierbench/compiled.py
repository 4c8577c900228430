"""The one door to numba: numeric steps compiled to machine code at their first call."""

from collections.abc import Callable
from typing import cast

from numba import njit

__all__ = ["compiled"]


def compiled[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled without fast-math, kept in numba's cache on disk.

    Floating-point operations keep their order, so a cold and a warm cache give the same bits;
    division by zero gives inf or NaN as in NumPy. The cache sees changes of the file that
    holds `function`, not of compiled functions it calls from other files: let it call none.
    """
    return cast(Callable[P, R], njit(cache=True, nogil=True, error_model="numpy")(function))
