"""Draws of the prior, predictions and log likelihood, vectorised in NumPy.

PyMC's forward samplers compile anew at every call, so a sweep would pay for each cell what
these few lines give at once; tests hold them to the PyMC models.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays, Dataset, Hyperprior

__all__ = ["log_likelihood", "predict", "prior_draws"]


def prior_draws(
    model: str, prior: Hyperprior, groups: int, draws: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Return `draws` draws of every estimand of `model` from its prior, each (draw, *dims)."""

    def spread(name: str, *shape: int) -> NDArray[np.float64]:
        scale = prior.scales[name]
        if prior.family == "exponential":
            return rng.exponential(scale, (draws, *shape))
        return np.abs(rng.normal(0.0, scale, (draws, *shape)))

    mu_alpha = rng.normal(0.0, prior.scales["mu_alpha"], draws)
    mu_beta = rng.normal(0.0, prior.scales["mu_beta"], draws)
    sigma_alpha, sigma_beta = spread("sigma_alpha"), spread("sigma_beta")
    sigma = spread("sigma", groups) if model == "varying_sigma" else spread("sigma")
    rho = 2.0 * rng.beta(2.0, 2.0, draws) - 1.0 if model == "correlated" else np.zeros(draws)
    first, second = rng.normal(size=(2, draws, groups))
    alpha = mu_alpha[:, None] + sigma_alpha[:, None] * first
    turned = rho[:, None] * first + np.sqrt(1.0 - rho**2)[:, None] * second
    beta = mu_beta[:, None] + sigma_beta[:, None] * turned
    hyper = {
        "mu_alpha": mu_alpha,
        "mu_beta": mu_beta,
        "sigma_alpha": sigma_alpha,
        "sigma_beta": sigma_beta,
    }
    correlation = {"rho": rho} if model == "correlated" else {}
    return {**hyper, "sigma": sigma, **correlation, "alpha": alpha, "beta": beta}


def predict(draws: Arrays, dataset: Dataset, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return one replicate of y per draw, dims (..., obs).

    `draws` holds alpha and beta (..., group) and sigma (...) or (..., group).
    """
    mean, sigma = _row_moments(draws, dataset)
    noise = rng.standard_normal(mean.shape, dtype=np.float32)
    return (mean + sigma * noise).astype(np.float32)


def log_likelihood(draws: Arrays, dataset: Dataset) -> NDArray[np.float64]:
    """Return log p(y_i | draw), dims (..., obs); `draws` as in `predict`."""
    mean, sigma = _row_moments(draws, dataset)
    standardized = (dataset.y - mean) / sigma
    result: NDArray[np.float64] = -0.5 * (standardized**2 + math.log(2 * math.pi)) - np.log(sigma)
    return result


def _row_moments(
    draws: Arrays, dataset: Dataset
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean = draws["alpha"][..., dataset.group] + draws["beta"][..., dataset.group] * dataset.x
    sigma = draws["sigma"]
    if sigma.ndim == draws["alpha"].ndim:
        return mean, sigma[..., dataset.group]
    return mean, sigma[..., None]
