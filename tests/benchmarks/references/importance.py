"""Importance weights: normalised, and whether they may be trusted."""

import numpy as np

from hierbench.models.homes.algebra.sufficient import Floats

__all__ = ["effective_size", "normalised", "pareto_k"]

PRIOR_DRAWS = 10.0


def normalised(log_weights: Floats) -> Floats:
    """Return weights that sum to 1, dims (draw,)."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def effective_size(weights: Floats) -> float:
    """Return the importance ESS, 1 / sum w^2, of normalised weights (Kong 1992).

    Says nothing of what no proposal reached: `pareto_k` does.
    """
    return float(1.0 / (weights**2).sum())


def pareto_k(log_weights: Floats) -> float:
    """Return the shape of the largest weights' generalised Pareto distribution.

    Under 0.5 the weights have a finite variance and the importance sampling obeys the central
    limit theorem; over 0.7 it is of no use (Vehtari, Simpson, Gelman, Yao and Gabry 2024,
    section 3.2). The tail is the largest min(0.2 S, 3 sqrt(S)) of S weights; fitted as by
    Zhang and Stephens (2009), k drawn towards 0.5 with the weight of 10 draws.
    """
    draws = len(log_weights)
    tail = int(np.ceil(min(0.2 * draws, 3.0 * np.sqrt(draws))))
    ordered = np.sort(np.exp(log_weights - log_weights.max()))
    exceedances = ordered[-tail:] - ordered[-tail - 1]
    k = pareto_shape(exceedances)
    return (k * tail + 0.5 * PRIOR_DRAWS) / (tail + PRIOR_DRAWS)


def pareto_shape(exceedances: Floats) -> float:
    """Return k of sorted positive `exceedances` (Zhang and Stephens 2009, section 3)."""
    n = len(exceedances)
    grid = 30 + int(np.sqrt(n))
    quartile = exceedances[int(n / 4 + 0.5) - 1]
    b = 1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    b = b / (3.0 * quartile) + 1.0 / exceedances[-1]
    k = np.log1p(-b[:, None] * exceedances).mean(axis=1)
    likelihood = n * (np.log(-b / k) - k - 1.0)
    weights = normalised(likelihood)
    return float(np.log1p(-(b * weights).sum() * exceedances).mean())
