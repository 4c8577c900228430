"""Where divergences sit along the scale parameters, where a hierarchical model has its funnels."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hierbench.records import Arrays

__all__ = ["divergence_metrics"]


def divergence_metrics(
    posterior: Arrays, diverging: NDArray[np.bool_], necks: Sequence[str]
) -> Mapping[str, float]:
    """Return the median quantile of the divergent draws and its interquartile range, per scale.

    The quantile of a draw is (rank - 1/2) / draws among all draws of all chains, in (0, 1), ties
    sharing their average rank. Divergences that have nothing to do with the parameter give a
    median near 0.5 and a range near 0.5; the neck of a funnel (Betancourt and Girolami 2015,
    arXiv:1312.0906) gives a median near 0 and a small range. Of a scale that has entries the
    smallest of each draw is taken: one that runs to 0 is enough.

    Nothing where nothing diverged; NaN where draws are not finite.

    Parameters
    ----------
    diverging : ndarray
        Dims (chain, draw).
    necks : sequence of str
        The scales.
    """
    if not diverging.any():
        return {}
    found = {}
    for name in necks:
        if name in posterior:
            smallest = posterior[name].reshape(*diverging.shape, -1).min(axis=2).ravel()
            quantiles = (rankdata(smallest) - 0.5) / smallest.size
            low, middle, high = np.quantile(quantiles[diverging.ravel()], [0.25, 0.5, 0.75])
            found[f"divergence_quantile.{name}"] = float(middle)
            found[f"divergence_spread.{name}"] = float(high - low)
    return found
