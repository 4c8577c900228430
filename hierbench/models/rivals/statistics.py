"""Tests that are asked in hundreds at once, and rarely called different when nothing differs."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import kolmogorov, ndtr, ndtri

__all__ = ["LEVEL", "means", "scores", "two_samples", "worst"]

type Floats = NDArray[np.float64]

LEVEL = 1e-6
"""Probability of a false alarm of one check of one form; at most three checks ask for draws."""

CLIP = 2.5


def scores(values: Floats) -> Floats:
    """Return Normal scores of the ranks along the first axis, clipped, so that tails weigh little.

    Blom's: Blom (1958), Statistical Estimates and Transformed Beta-Variables.
    """
    ranks = np.stack([mean_ranks(column) for column in values.T], axis=1)
    found: Floats = ndtri((ranks - 0.375) / (len(values) + 0.25))
    return np.clip(found, -CLIP, CLIP)


def mean_ranks(values: Floats) -> Floats:
    """Return ranks from 1 on; equal values share the mean of theirs."""
    order = np.sort(values)
    below, upto = (np.searchsorted(order, values, side) for side in ("left", "right"))
    return np.asarray(0.5 * (below + upto + 1.0), dtype=np.float64)


def means(terms: Floats) -> Floats:
    """Return two-sided p values that the columns have mean zero, dims (column,).

    Each is the mean over its own standard error, taken as Normal. A column that is zero throughout
    is no evidence.
    """
    count = len(terms)
    mean, spread = terms.mean(axis=0), terms.std(axis=0, ddof=1)
    size = np.abs(terms).max(axis=0)
    z = np.divide(mean * np.sqrt(count), spread, out=np.zeros_like(mean), where=spread > 0)
    still = (spread <= 1e-12 * size) & (size > 0)
    found: Floats = 2 * ndtr(-np.abs(z))
    return np.where(still, 0.0, found)


def two_samples(first: Floats, second: Floats, rng: np.random.Generator, contrasts: int) -> Floats:
    """Return p values that two samples of vectors have one distribution.

    Of Kolmogorov and Smirnov's test on every entry, on sums and differences of neighbouring
    entries' scores, and on random contrasts of all scores; scores are of the pooled ranks, so that
    under the hypothesis they can be exchanged between the samples.
    """
    pooled = scores(np.concatenate([first, second]))
    size = pooled.shape[1]
    columns = [pooled]
    if size > 1:
        last = np.roll(pooled, 1, axis=1)
        columns += [pooled + last, pooled - last]
        columns.append(pooled @ rng.choice((-1.0, 1.0), size=(size, contrasts)))
        columns.append((pooled @ rng.normal(size=(size, contrasts))) ** 2)
    every = np.concatenate(columns, axis=1)
    one, two = every[: len(first)], every[len(first) :]
    return np.array([kolmogorov_smirnov(*pair) for pair in zip(one.T, two.T, strict=True)])


def kolmogorov_smirnov(first: Floats, second: Floats) -> float:
    """Return the p value that two samples have one distribution, in the limit of large samples."""
    every = np.concatenate([first, second])
    below = [
        np.searchsorted(np.sort(sample), every, side="right") / len(sample)
        for sample in (first, second)
    ]
    size = len(first) * len(second) / len(every)
    return float(kolmogorov(np.sqrt(size) * np.abs(below[0] - below[1]).max()))


def worst(p_values: Mapping[str, Floats]) -> tuple[str, float]:
    """Return the smallest p value, adjusted for all by Holm's first step, and where it is.

    Holm (1979), A simple sequentially rejective multiple test procedure: nothing is rejected
    unless the smallest p value times the number of tests is below the level.
    """
    count = sum(of.size for of in p_values.values())
    name = min(p_values, key=lambda one: float(p_values[one].min(initial=1.0)))
    return name, min(1.0, count * float(p_values[name].min(initial=1.0)))
