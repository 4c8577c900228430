"""Log densities of whole draws: the hyperprior, and all rows at once."""

import math

import numpy as np

from hierbench.models.homes.algebra.sufficient import Floats, Sufficient
from hierbench.records import Arrays, Hyperprior

__all__ = ["log_hyperprior", "log_likelihood"]

LOCATIONS = ("mu_alpha", "mu_beta")
CELLS_AT_ONCE = 500_000  # draws x groups: some 20 MB of intermediate arrays
HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)


def log_hyperprior(prior: Hyperprior, values: Arrays) -> Floats:
    """Return the log prior density of hyperparameters, dims (...,), a sigma per group summed.

    Parameters
    ----------
    values : mapping of str to ndarray
        Any of mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho, each (...,), and sigma, (...,) or
        (..., group). rho has LKJ(2)'s density in two dimensions, 3/4 (1 - rho^2) (Lewandowski,
        Kurowicka and Joe 2009, section 3).
    """
    total: Floats = np.zeros(min((value.shape for value in values.values()), key=len))
    for name, value in values.items():
        if name == "rho":
            density = np.log(0.75) + np.log1p(-(value**2))
        else:
            density = _of_scale(name, value / prior.scales[name], prior)
        total = total + (density.sum(axis=-1) if density.ndim > total.ndim else density)
    return total


def _of_scale(name: str, ratio: Floats, prior: Hyperprior) -> Floats:
    """Return the log density of one that has a prior scale; `ratio` is its value over that."""
    log_scale = math.log(prior.scales[name])
    if name in LOCATIONS:
        return -HALF_LOG_TWO_PI - log_scale - 0.5 * ratio**2
    if prior.family == "exponential":
        return -log_scale - ratio
    return math.log(2.0) - HALF_LOG_TWO_PI - log_scale - 0.5 * ratio**2


def log_likelihood(groups: Sufficient, draws: Arrays) -> Floats:
    """Return log p(all y | draw), dims (chain, draw), without an array of draws x rows.

    Each group's sum of squares is taken about its own least-squares line, so that nothing large
    cancels.

    Parameters
    ----------
    draws : mapping of str to ndarray
        alpha and beta (chain, draw, group), sigma (chain, draw) or (chain, draw, group).
    """
    chains, length, count = draws["alpha"].shape
    alpha, beta = (draws[name].reshape(-1, count) for name in ("alpha", "beta"))
    sigma = draws["sigma"].reshape(chains * length, -1)
    found = np.empty(chains * length)
    at_once = max(1, CELLS_AT_ONCE // count)
    for start in range(0, len(found), at_once):
        part = slice(start, start + at_once)
        at_mean = groups.y_mean - alpha[part] - beta[part] * groups.x_mean
        squares = (
            groups.residual_squares
            + groups.x_squares * (beta[part] - groups.slopes) ** 2
            + groups.rows * at_mean**2
        )
        log_norm = groups.rows * (np.log(sigma[part]) + HALF_LOG_TWO_PI)
        found[part] = -(log_norm + 0.5 * squares / sigma[part] ** 2).sum(axis=1)
    return found.reshape(chains, length)
