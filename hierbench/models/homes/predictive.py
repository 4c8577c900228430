"""Draws of the prior, predictions and log likelihood, vectorised in NumPy.

PyMC's forward samplers compile anew at every call, so a sweep would pay for each cell what
these few lines give at once; tests hold them to the PyMC models. What has a number for every
row and draw is made in blocks: beside the result itself, memory does not grow with either.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hierbench.models.contract import Form
from hierbench.models.homes.rows import Rows
from hierbench.records import Arrays, Hyperprior

__all__ = [
    "log_likelihood",
    "log_likelihood_of_rows",
    "needs",
    "predict",
    "prior_draws",
    "probability_below",
    "replicates",
]

type Floats = NDArray[np.float64]

needs = ("alpha", "beta", "sigma")
"""The estimands that predictions are made of."""

AT_ONCE = 1_000_000
"""Rows x draws of a block: some 40 MB of intermediate arrays."""


def prior_draws(
    form: Form, prior: Hyperprior, dataset: Rows, draws: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """Return `draws` draws of every estimand of `form` from its prior, each (draw, *dims)."""
    groups, correlated = len(dataset.labels), form.variant == "correlated"

    def spread(name: str, *shape: int) -> Floats:
        scale = prior.scales[name]
        if prior.family == "exponential":
            return rng.exponential(scale, (draws, *shape))
        return np.abs(rng.normal(0.0, scale, (draws, *shape)))

    mu_alpha = rng.normal(0.0, prior.scales["mu_alpha"], draws)
    mu_beta = rng.normal(0.0, prior.scales["mu_beta"], draws)
    sigma_alpha, sigma_beta = spread("sigma_alpha"), spread("sigma_beta")
    sigma = spread("sigma", groups) if "sigma" in form.dims else spread("sigma")
    rho = 2.0 * rng.beta(2.0, 2.0, draws) - 1.0 if correlated else np.zeros(draws)
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
    correlation = {"rho": rho} if correlated else {}
    return {**hyper, "sigma": sigma, **correlation, "alpha": alpha, "beta": beta}


def predict(draws: Arrays, dataset: Rows, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return one replicate of y per draw, dims (..., obs).

    `draws` holds alpha and beta (..., group) and sigma (...) or (..., group).
    """
    result = np.empty((*draws["alpha"].shape[:-1], len(dataset.y)), dtype=np.float32)
    flat, start = result.reshape(-1, len(dataset.y)), 0
    for block in replicates(draws, dataset, rng):
        flat[start : start + len(block)] = block
        start += len(block)
    return result


def replicates(
    draws: Arrays, dataset: Rows, rng: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    """Yield what `predict` returns, some draws at a time, each dims (draw, obs)."""
    for block in _blocks_of_draws(draws, len(dataset.y)):
        mean, sigma = _row_moments(block, dataset)
        noise = rng.standard_normal(mean.shape, dtype=np.float32)
        yield (mean + sigma * noise).astype(np.float32)


def probability_below(draws: Arrays, dataset: Rows) -> Floats:
    """Return the probability that a replicate of each row is below it, dims (obs,).

    The mean over `draws`, as in `predict`, of the Normal's own: no replicates are needed.
    """
    below, count = np.zeros(len(dataset.y)), 0
    for block in _blocks_of_draws(draws, len(dataset.y)):
        mean, sigma = _row_moments(block, dataset)
        below += ndtr((dataset.y - mean) / sigma).sum(axis=0)
        count += len(mean)
    return below / count


def log_likelihood(draws: Arrays, dataset: Rows) -> Floats:
    """Return log p(y_i | draw), dims (..., obs); `draws` as in `predict`."""
    result = np.empty((*draws["alpha"].shape[:-1], len(dataset.y)))
    flat, start = result.reshape(-1, len(dataset.y)), 0
    for block in _blocks_of_draws(draws, len(dataset.y)):
        count = len(block["alpha"])
        flat[start : start + count] = _log_density(block, dataset)
        start += count
    return result


def log_likelihood_of_rows(draws: Arrays, dataset: Rows) -> Iterator[Floats]:
    """Yield the log likelihood of some rows at a time, each dims (obs, draw), all chains as one."""
    flat = _one_chain(draws)
    at_once = max(1, AT_ONCE // len(flat["alpha"]))
    for start in range(0, len(dataset.y), at_once):
        part = slice(start, start + at_once)
        rows = {name: getattr(dataset, name)[part] for name in ("x", "y", "group")}
        yield np.ascontiguousarray(_log_density(flat, replace(dataset, **rows)).T)


def _log_density(draws: Arrays, dataset: Rows) -> Floats:
    mean, sigma = _row_moments(draws, dataset)
    standardized = (dataset.y - mean) / sigma
    result: Floats = -0.5 * (standardized**2 + math.log(2 * math.pi)) - np.log(sigma)
    return result


def _blocks_of_draws(draws: Arrays, rows: int) -> Iterator[Mapping[str, Floats]]:
    """Yield alpha, beta and sigma, all chains as one, some draws at a time and in order."""
    flat = _one_chain(draws)
    at_once = max(1, AT_ONCE // rows)
    for start in range(0, len(flat["alpha"]), at_once):
        yield {name: value[start : start + at_once] for name, value in flat.items()}


def _one_chain(draws: Arrays) -> Mapping[str, Floats]:
    """Return alpha, beta and sigma with one dim before that of the groups."""
    *before, groups = draws["alpha"].shape
    sigma = draws["sigma"]
    per_group = sigma.ndim == len(before) + 1
    return {
        "alpha": draws["alpha"].reshape(-1, groups),
        "beta": draws["beta"].reshape(-1, groups),
        "sigma": sigma.reshape(-1, groups) if per_group else sigma.reshape(-1),
    }


def _row_moments(draws: Arrays, dataset: Rows) -> tuple[Floats, Floats]:
    mean = draws["alpha"][..., dataset.group] + draws["beta"][..., dataset.group] * dataset.x
    sigma = draws["sigma"]
    if sigma.ndim == draws["alpha"].ndim:
        return mean, sigma[..., dataset.group]
    return mean, sigma[..., None]
