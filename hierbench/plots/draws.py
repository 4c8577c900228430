"""What the plots read off a tree of draws: plain arrays, summaries that survive bad draws.

Knows the tree's names and ArviZ's statistics; must not know matplotlib.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base.array import array_stats
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Floats",
    "density",
    "diverging",
    "ebfmi",
    "energies",
    "entries",
    "finite",
    "interval",
    "mean",
    "scalars",
    "trouble",
    "usable",
]

Floats = NDArray[np.float64]

LARGEST = 1e100
STATISTICS: Any = array_stats  # has no types


def scalars(tree: xr.DataTree, names: Sequence[str]) -> dict[str, Floats]:
    """Return the draws of those `names` that are scalars, dims (chain, draw); unusable ones NaN."""
    posterior = tree["posterior"].to_dataset()
    return {
        name: usable(posterior[name].transpose("chain", "draw"))
        for name in names
        if name in posterior and set(posterior[name].dims) == {"chain", "draw"}
    }


def entries(tree: xr.DataTree, name: str, chosen: ArrayLike | None = None) -> Floats:
    """Return the draws of `name` of all chains, dims (draw, entry); unusable ones NaN.

    Parameters
    ----------
    chosen : array_like of int or None
        Entries to return, in this order; None: all.
    """
    values = usable(tree["posterior"].to_dataset()[name].transpose("chain", "draw", ...))
    flat = values.reshape(values.shape[0] * values.shape[1], -1)
    return flat if chosen is None else flat[:, np.asarray(chosen)]


def energies(tree: xr.DataTree) -> Floats:
    """Return the energy, dims (chain, draw); unusable ones NaN."""
    return usable(tree["sample_stats"].to_dataset()["energy"].transpose("chain", "draw"))


def usable(values: xr.DataArray) -> Floats:
    """Return the values, NaN where they are not finite or so large that sums overflow."""
    array = np.asarray(values.values, dtype=np.float64)
    return np.where(np.abs(array) < LARGEST, array, np.nan)


def diverging(tree: xr.DataTree) -> NDArray[np.bool_]:
    """Return which draws diverged, dims (chain, draw); none where the sampler does not say."""
    if "diverging" in tree["sample_stats"]:
        stat = tree["sample_stats"]["diverging"].transpose("chain", "draw")
        return np.asarray(stat.values, dtype=bool)
    sizes = tree["posterior"].sizes
    return np.zeros((sizes["chain"], sizes["draw"]), dtype=bool)


def finite(values: Floats) -> Floats:
    """Return the finite values, dims (value,)."""
    flat = values.ravel()
    return flat[np.isfinite(flat)]


def trouble(values: Floats) -> str | None:
    """Say why `values` have no density, or return None if they have one.

    >>> trouble(np.array([2.5, 2.5]))
    'constant at 2.5'
    """
    known = finite(values)
    if not known.size:
        return "no finite draws"
    low, high = known.min(), known.max()
    return None if high - low > 1e-12 * max(abs(low), abs(high)) else f"constant at {low:g}"


def density(values: Floats) -> tuple[Floats, Floats]:
    """Return a grid and the kernel density on it, each dims (point,); empty if there is none."""
    if trouble(values):
        return np.empty(0), np.empty(0)
    with np.errstate(all="ignore"):
        grid, height, _ = STATISTICS.kde(finite(values))
    return grid, height


def ebfmi(energy: Floats) -> Floats:
    """Return E-BFMI, dims (chain,); NaN where the energy is constant or not finite.

    Betancourt (2016), arXiv:1604.00695, equation 4.
    """
    if energy.shape[1] < 2:
        return np.full(len(energy), np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(STATISTICS.bfmi(energy), dtype=np.float64)


def mean(values: Floats) -> float:
    """Return the mean of the finite values; NaN if there is none."""
    known = finite(values)
    return float(known.mean()) if known.size else np.nan


def interval(values: Floats, prob: float) -> tuple[float, float]:
    """Return the equal-tailed interval of the finite values; NaN if there is none."""
    known = finite(values)
    if not known.size:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - prob) / 2, (1 + prob) / 2])
    return float(low), float(high)
