"""Independent effects as standard Normal offsets, shifted and scaled."""

from typing import Any

import pymc as pm

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return ``alpha_j = mu_alpha + alpha_offset_j sigma_alpha``; so for beta.

    The offsets are Normal(0, 1); the posterior is that of `centered`.
    """
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        alpha_offset = pm.Normal("alpha_offset", 0.0, 1.0, dims="group")
        beta_offset = pm.Normal("beta_offset", 0.0, 1.0, dims="group")
        alpha = pm.Deterministic("alpha", of.mu_alpha + alpha_offset * of.sigma_alpha, dims="group")
        beta = pm.Deterministic("beta", of.mu_beta + beta_offset * of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model
