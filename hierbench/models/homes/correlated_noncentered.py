"""Correlated effects as standard Normal offsets, turned by rho, shifted and scaled."""

from typing import Any

import pymc as pm
import pytensor.tensor as pt

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import correlation, population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return ``alpha_j = mu_alpha + u_j sigma_alpha`` and beta_j by u_j, v_j and rho.

    ``beta_j = mu_beta + (rho u_j + sqrt(1 - rho^2) v_j) sigma_beta`` with u = alpha_offset and
    v = beta_offset, both Normal(0, 1): the Cholesky factor of the bivariate Normal written out;
    the posterior is that of `correlated`.
    """
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        rho = correlation()
        u = pm.Normal("alpha_offset", 0.0, 1.0, dims="group")
        v = pm.Normal("beta_offset", 0.0, 1.0, dims="group")
        turned = rho * u + pt.sqrt(1.0 - rho**2) * v
        alpha = pm.Deterministic("alpha", of.mu_alpha + u * of.sigma_alpha, dims="group")
        beta = pm.Deterministic("beta", of.mu_beta + turned * of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model
