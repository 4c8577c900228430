"""Correlated effects, centred, in factored form: alpha, then beta given alpha.

For two dimensions LKJ(eta = 2) is (rho + 1) / 2 ~ Beta(2, 2) (Lewandowski, Kurowicka and Joe
2009, section 3), and the bivariate Normal factors into a Normal and a conditional Normal: the
same density as LKJCholeskyCov with MvNormal, without a Cholesky factor to compile.
"""

from typing import Any

import pymc as pm
import pytensor.tensor as pt

from hierbench.models.containers import contain, scales_of
from hierbench.models.hyperpriors import population, spread
from hierbench.models.likelihood import rowwise
from hierbench.records import Arrays

__all__ = ["DIMS", "INNER", "MODEL", "build"]

MODEL = "correlated"
DIMS = {"alpha": "group", "beta": "group"}
INNER = ("rho_unit",)


def build(values: Arrays, family: str, coords: dict[str, Any]) -> pm.Model:
    """Return ``(alpha, beta)_j`` bivariate Normal with correlation ``rho = 2 rho_unit - 1``."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        rho = pm.Deterministic("rho", 2.0 * pm.Beta("rho_unit", 2.0, 2.0) - 1.0)
        alpha = pm.Normal("alpha", of.mu_alpha, of.sigma_alpha, dims="group")
        slope = rho * of.sigma_beta / of.sigma_alpha
        beta = pm.Normal(
            "beta",
            of.mu_beta + slope * (alpha - of.mu_alpha),
            of.sigma_beta * pt.sqrt(1.0 - rho**2),
            dims="group",
        )
        rowwise(alpha, beta, spread("sigma", family, scale), data)
    return model
