"""Independent effects, drawn from their Normal directly."""

from typing import Any

import pymc as pm

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return ``alpha_j ~ Normal(mu_alpha, sigma_alpha)``; so for beta."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        alpha = pm.Normal("alpha", of.mu_alpha, of.sigma_alpha, dims="group")
        beta = pm.Normal("beta", of.mu_beta, of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model
