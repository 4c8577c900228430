"""The density of the rows with alpha and beta integrated out, and their draws afterwards.

A group's least-squares line is, about its mean of x, two independent Normals: y_mean with
variance sigma^2 / rows about alpha + beta x_mean, and its slope with variance
sigma^2 / x_squares about beta. So each group costs a 2x2 Normal, written out below with every
term a sum of squares: nothing cancels, and a group in which x does not vary has x_squares = 0.
This is the two-dimensional case of Lindley and Smith (1972), section 2.
"""

import math
from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from hierbench.algebra.draws import draw_effects
from hierbench.algebra.integrated import Scales
from hierbench.algebra.sufficient import sufficient
from hierbench.algebra.symmetric import Pair
from hierbench.models.containers import moments_of
from hierbench.models.hyperpriors import Population, Tensor
from hierbench.records import HYPERPARAMETERS, Arrays, Dataset

__all__ = ["integrated", "with_effects"]


def integrated(of: Population, rho: Tensor, sigma: Tensor, data: Mapping[str, Tensor]) -> None:
    """Add the density of y given mu, the sigmas and rho to the model in context.

    With p = rows / sigma^2, q = x_squares / sigma^2, residuals e of y_mean and d of the slope
    about their means, h = rho sigma_alpha + x_mean sigma_beta and
    c = sigma_alpha^2 (1 - rho^2): a group's determinant is
    ``1 + p (h^2 + c) + q sigma_beta^2 + p q c sigma_beta^2`` and its quadratic form
    ``(p e^2 + q d^2 + p q ((sigma_beta e - h d)^2 + c d^2)) / determinant``.
    """
    known = moments_of(data)
    p, q = known["rows"] / sigma**2, known["x_squares"] / sigma**2
    e = known["y_mean"] - of.mu_alpha - of.mu_beta * known["x_mean"]
    d = known["slopes"] - of.mu_beta
    h = rho * of.sigma_alpha + known["x_mean"] * of.sigma_beta
    c = of.sigma_alpha**2 * (1.0 - rho**2)
    determinant = 1.0 + p * (h**2 + c) + q * of.sigma_beta**2 * (1.0 + p * c)
    quadratic = (p * e**2 + q * d**2 + p * q * ((of.sigma_beta * e - h * d) ** 2 + c * d**2)) / (
        determinant
    )
    log_norm = known["rows"] * (pt.log(sigma) + 0.5 * math.log(2 * math.pi))
    rest = pt.log(determinant) + quadratic + known["residual_squares"] / sigma**2
    pm.Potential("y_obs", -(log_norm + 0.5 * rest).sum())


def with_effects(posterior: Arrays, dataset: Dataset, rng: np.random.Generator) -> Arrays:
    """Return `posterior` with alpha and beta drawn from their exact conditional.

    Parameters
    ----------
    posterior : mapping of str to ndarray
        mu_alpha, mu_beta, sigma_alpha, sigma_beta, sigma and maybe rho, each (chain, draw).

    Returns
    -------
    mapping of str to ndarray
        With alpha and beta, each (chain, draw, group).
    """
    shape = posterior["sigma"].shape
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    flat = {name: value.reshape(-1) for name, value in posterior.items() if name in HYPERPARAMETERS}
    rho = flat.get("rho", np.zeros_like(flat["sigma"]))
    scales = Scales(flat["sigma_alpha"], flat["sigma_beta"], flat["sigma"], rho)
    mu = Pair(flat["mu_alpha"], flat["mu_beta"])
    alpha, beta = draw_effects(groups, scales, mu, rng)
    return {**posterior, "alpha": alpha.reshape(*shape, -1), "beta": beta.reshape(*shape, -1)}
