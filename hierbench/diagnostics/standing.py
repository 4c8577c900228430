"""Where a known truth stands among the draws: the ranks of simulation-based calibration."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["RANK_DRAWS", "rank_columns", "thinned"]

type Floats = NDArray[np.float64]

RANK_DRAWS = 99
"""Draws that a truth is ranked among: its rank has 100 values, which parts into 2, 4, 5, 10, ...
bins evenly, and neighbours are far enough apart to be nearly independent."""


def rank_columns(draws: Floats, truth: Floats) -> dict[str, Floats]:
    """Return the rank of each truth, and among how many draws, each dims (parameter,).

    The rank is the number of thinned draws below the truth, 0 .. draws; NaN where there is no
    truth or a draw is not a number (Talts et al. 2018, algorithm 2).

    Parameters
    ----------
    draws : ndarray
        Dims (chain, draw, parameter).
    truth : ndarray
        Dims (parameter,), NaN where not known.
    """
    among = thinned(draws)
    below = np.count_nonzero(among < truth, axis=0).astype(np.float64)
    known = ~(np.isnan(truth) | np.isnan(among).any(axis=0))
    return {
        "truth_rank": np.where(known, below, np.nan),
        "truth_rank_draws": np.where(known, float(len(among)), np.nan),
    }


def thinned(draws: Floats) -> Floats:
    """Return `RANK_DRAWS` draws, or all of fewer, dims (draw, parameter).

    They lie evenly over all chains, one behind the other.
    """
    pooled = draws.reshape(-1, draws.shape[2])
    count = min(RANK_DRAWS, len(pooled))
    middles = (np.arange(count) + 0.5) * len(pooled) / count
    return np.asarray(pooled[middles.astype(np.int64)])
