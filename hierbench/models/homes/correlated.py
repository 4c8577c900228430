"""Correlated effects, centred, in factored form: alpha, then beta given alpha.

The bivariate Normal factors into a Normal and a conditional Normal: the same density as
LKJCholeskyCov with MvNormal, without a Cholesky factor to compile.
"""

from typing import Any

import pymc as pm
import pytensor.tensor as pt

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import correlation, population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return ``(alpha, beta)_j`` bivariate Normal with correlation ``rho = 2 rho_unit - 1``."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        rho = correlation()
        alpha = pm.Normal("alpha", of.mu_alpha, of.sigma_alpha, dims="group")
        slope = rho * of.sigma_beta / of.sigma_alpha
        beta = pm.Normal(
            "beta",
            of.mu_beta + slope * (alpha - of.mu_alpha),
            of.sigma_beta * pt.sqrt(1.0 - rho**2),
            dims="group",
        )
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model
