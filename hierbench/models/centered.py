"""Independent effects, drawn from their Normal directly."""

from typing import Any

import pymc as pm

from hierbench.models.containers import contain, scales_of
from hierbench.models.hyperpriors import location, spread
from hierbench.models.likelihood import rowwise
from hierbench.records import Arrays

__all__ = ["DIMS", "INNER", "MODEL", "build"]

MODEL = "independent"
DIMS = {"alpha": "group", "beta": "group"}
INNER: tuple[str, ...] = ()


def build(values: Arrays, family: str, coords: dict[str, Any]) -> pm.Model:
    """Return ``alpha_j ~ Normal(mu_alpha, sigma_alpha)``; so for beta."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        mu_alpha, mu_beta = location("mu_alpha", scale), location("mu_beta", scale)
        sigma_alpha = spread("sigma_alpha", family, scale)
        sigma_beta = spread("sigma_beta", family, scale)
        alpha = pm.Normal("alpha", mu_alpha, sigma_alpha, dims="group")
        beta = pm.Normal("beta", mu_beta, sigma_beta, dims="group")
        rowwise(alpha, beta, spread("sigma", family, scale), data)
    return model
