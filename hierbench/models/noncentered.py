"""Independent effects as standard Normal offsets, shifted and scaled."""

from typing import Any

import pymc as pm

from hierbench.models.containers import contain, scales_of
from hierbench.models.hyperpriors import location, spread
from hierbench.models.likelihood import rowwise
from hierbench.records import Arrays

__all__ = ["DIMS", "INNER", "MODEL", "build"]

MODEL = "independent"
DIMS = {"alpha": "group", "beta": "group", "alpha_offset": "group", "beta_offset": "group"}
INNER = ("alpha_offset", "beta_offset")


def build(values: Arrays, family: str, coords: dict[str, Any]) -> pm.Model:
    """Return ``alpha_j = mu_alpha + alpha_offset_j sigma_alpha``; so for beta.

    The offsets are Normal(0, 1); the posterior is that of `centered`.
    """
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        mu_alpha, mu_beta = location("mu_alpha", scale), location("mu_beta", scale)
        sigma_alpha = spread("sigma_alpha", family, scale)
        sigma_beta = spread("sigma_beta", family, scale)
        alpha_offset = pm.Normal("alpha_offset", 0.0, 1.0, dims="group")
        beta_offset = pm.Normal("beta_offset", 0.0, 1.0, dims="group")
        alpha = pm.Deterministic("alpha", mu_alpha + alpha_offset * sigma_alpha, dims="group")
        beta = pm.Deterministic("beta", mu_beta + beta_offset * sigma_beta, dims="group")
        rowwise(alpha, beta, spread("sigma", family, scale), data)
    return model
