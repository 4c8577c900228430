"""Independent effects, each centred as far as its own group's data speak for it.

With weight w_j an effect is sampled as ``z_j ~ Normal(w_j mu, sigma_effect^w_j)`` and
``alpha_j = mu + sigma_effect^(1 - w_j) (z_j - w_j mu)``: w = 1 is the centred form, w = 0 the
non-centred one (Gorinova, Moore and Hoffman 2020, "Automatic reparameterisation of
probabilistic programs", section 4). The weight that makes effect and hyperparameters
uncorrelated in the Gaussian model is the share of the effect's precision that its data give
(Papaspiliopoulos, Roberts and Sköld 2007, "A general framework for the parametrization of
hierarchical models", section 4); it is computed from the data before sampling and is data to
the model, never a function of what is sampled.
"""

from typing import Any

import pymc as pm
import pytensor.tensor as pt

from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.hyperpriors import Tensor, population, spread
from hierbench.models.homes.likelihood import Likelihood
from hierbench.records import Arrays

__all__ = ["build"]


def build(values: Arrays, family: str, coords: dict[str, Any], likelihood: Likelihood) -> pm.Model:
    """Return alpha and beta by `weights`, dims (effect, group)."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        alpha = partial("alpha", of.mu_alpha, of.sigma_alpha, data["weights"][0])
        beta = partial("beta", of.mu_beta, of.sigma_beta, data["weights"][1])
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model


def partial(name: str, mu: Tensor, sigma: Tensor, weight: Tensor) -> Tensor:
    """Add ``name ~ Normal(mu, sigma)`` to the model in context, centred by `weight`."""
    scale = pt.exp(weight * pt.log(sigma))
    z = pm.Normal(f"{name}_partial", weight * mu, scale, dims="group")
    effect: Tensor = pm.Deterministic(name, mu + sigma / scale * (z - weight * mu), dims="group")
    return effect
