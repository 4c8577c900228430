"""The notebook's deliberately bad model: centred, and a residual sd per group.

A group of one or two rows is fitted exactly, so its sigma runs to 0 where the density has no
bound but the prior's: the harness's negative control.
"""

from typing import Any

import pymc as pm

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return `centered` with one sigma per group."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        alpha = pm.Normal("alpha", of.mu_alpha, of.sigma_alpha, dims="group")
        beta = pm.Normal("beta", of.mu_beta, of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale, dims="group"), data)
    return model
