"""A form with a planted fault: the offsets count twice."""

import pymc as pm

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import population, spread


def doubled(values, family, coords, likelihood):
    """Return noncentered with ``alpha = mu_alpha + 2 * offset * sigma_alpha``."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        alpha_offset = pm.Normal("alpha_offset", 0.0, 1.0, dims="group")
        beta_offset = pm.Normal("beta_offset", 0.0, 1.0, dims="group")
        doubled_alpha = of.mu_alpha + 2.0 * alpha_offset * of.sigma_alpha
        alpha = pm.Deterministic("alpha", doubled_alpha, dims="group")
        beta = pm.Deterministic("beta", of.mu_beta + beta_offset * of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model
