"""Order statistics of one parameter's draws, all from one sort: normal scores, folds, quantiles.

Knows nothing of chains beyond where the halves of a split chain lie.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hierbench.compiled import compiled

__all__ = [
    "Floats",
    "Integers",
    "fold",
    "kept_positions",
    "normal_scores",
    "quantile",
    "score_by_rank",
    "split_positions",
]

type Floats = NDArray[np.float64]
type Integers = NDArray[np.int64]


def normal_scores(size: int) -> Floats:
    """Return the normal score of every average rank that `size` values can have.

    Entry k belongs to rank r = 1 + k / 2, k = 0, ..., 2 size - 2 (ties halve ranks):

        z = Phi^-1((r - 3/8) / (size + 1/4))

    Vehtari et al. (2021), section 4.1, with the offset of Blom (1958). Looked up instead of
    evaluated for each draw, which was most of the time of a rank normalisation.
    """
    ranks = np.arange(2, 2 * size + 1) / 2
    offset = 3 / 8
    scores: Floats = ndtri((ranks - offset) / (size - 2 * offset + 1))
    return scores


def split_positions(chains: int, draws: int) -> Integers:
    """Return where each draw goes when chains are halved, dims (chain * draw,).

    Positions count through dims (half chain, half draw), all first halves before all second
    halves; the middle draw of an odd number has -1.
    """
    half = draws // 2
    halves = np.arange(2 * chains * half).reshape(2, chains, half)
    positions = np.full((chains, draws), -1, dtype=np.int64)
    positions[:, :half] = halves[0]
    positions[:, draws - half :] = halves[1]
    return positions.ravel()


@compiled
def kept_positions(order: Integers, positions: Integers) -> Integers:
    """Return the order of the split draws from the `order` of all draws, no sort needed."""
    kept = np.empty(len(order), dtype=np.int64)
    count = 0
    for index in order:
        if positions[index] >= 0:
            kept[count] = positions[index]
            count += 1
    return kept[:count]


@compiled
def score_by_rank(ascending: Floats, order: Integers, scores: Floats) -> Floats:
    """Return normal scores in the order of the draws; ties share that of their average rank.

    `ascending` holds the sorted values, `order` where each came from, `scores` the table of
    `normal_scores`.
    """
    size = len(ascending)
    scored = np.empty(size)
    start = 0
    while start < size:
        stop = start + 1
        while stop < size and ascending[stop] == ascending[start]:
            stop += 1
        for place in range(start, stop):
            scored[order[place]] = scores[start + stop - 1]
        start = stop
    return scored


@compiled
def fold(ascending: Floats, order: Integers) -> tuple[Floats, Integers]:
    """Return the distances from the median, ascending, and where each came from.

        zeta = |theta - median(theta)|

    Vehtari et al. (2021), section 4.2. Sorted values lie in order on both sides of the median,
    so the distances are merged, not sorted. The number of values is even, as two halves are.
    """
    size = len(ascending)
    left, right = size // 2 - 1, size // 2
    median = (ascending[left] + ascending[right]) / 2.0
    distances = np.empty(size)
    origins = np.empty(size, dtype=np.int64)
    for place in range(size):
        below = median - ascending[left] if left >= 0 else np.inf
        above = ascending[right] - median if right < size else np.inf
        if left >= 0 and (below <= above or right == size):
            distances[place], origins[place] = below, order[left]
            left -= 1
        else:
            distances[place], origins[place] = above, order[right]
            right += 1
    return distances, origins


@compiled
def quantile(ascending: Floats, probability: float) -> float:
    """Return a quantile of sorted values to the bit that `numpy.quantile` gives.

    Linear interpolation, type 7 of Hyndman and Fan (1996), `probability` in [0, 1).
    """
    place = (len(ascending) - 1) * probability
    below = int(np.floor(place))
    weight = place - below
    low, high = ascending[below], ascending[below + 1]
    if weight >= 0.5:
        return float(high - (high - low) * (1 - weight))
    return float(low + (high - low) * weight)
