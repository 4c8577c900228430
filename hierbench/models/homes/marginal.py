"""Independent effects, integrated out exactly: NUTS sees the hyperparameters alone."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import population, spread
from hierbench.models.homes.integrated import integrated
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return the density of y given mu and the sigmas; alpha and beta are drawn afterwards."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        integrated(of, pt.constant(np.float64(0.0)), spread("sigma", family, scale), data)
    return model
