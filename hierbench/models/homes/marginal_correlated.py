"""Correlated effects, integrated out exactly: NUTS sees the hyperparameters and rho alone."""

from typing import Any

import pymc as pm

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import correlation, population, spread
from hierbench.models.homes.integrated import integrated
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return the density of y given mu, the sigmas and rho; effects are drawn afterwards."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        integrated(of, correlation(), spread("sigma", family, scale), data)
    return model
