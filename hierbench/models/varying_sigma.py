"""The notebook's deliberately bad model: centred, and a residual sd per group.

A group of one or two rows is fitted exactly, so its sigma runs to 0 where the density has no
bound but the prior's: the harness's negative control.
"""

from typing import Any

import pymc as pm

from hierbench.models.containers import contain, scales_of
from hierbench.models.hyperpriors import location, spread
from hierbench.records import Arrays

__all__ = ["DIMS", "INNER", "MODEL", "build"]

MODEL = "varying_sigma"
DIMS = {"alpha": "group", "beta": "group", "sigma": "group"}
INNER: tuple[str, ...] = ()


def build(values: Arrays, family: str, coords: dict[str, Any]) -> pm.Model:
    """Return ``y_i ~ Normal(alpha[g_i] + beta[g_i] x_i, sigma[g_i])``."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        mu_alpha, mu_beta = location("mu_alpha", scale), location("mu_beta", scale)
        sigma_alpha = spread("sigma_alpha", family, scale)
        sigma_beta = spread("sigma_beta", family, scale)
        alpha = pm.Normal("alpha", mu_alpha, sigma_alpha, dims="group")
        beta = pm.Normal("beta", mu_beta, sigma_beta, dims="group")
        sigma = spread("sigma", family, scale, dims="group")
        group = data["group_index"]
        mean = alpha[group] + beta[group] * data["x"]
        pm.Normal("y_obs", mean, sigma[group], observed=data["y"], dims="obs")
    return model
