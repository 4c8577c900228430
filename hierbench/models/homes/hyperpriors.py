"""The hyperparameters' priors as variables of a PyMC model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pymc as pm
from pytensor.tensor.variable import TensorVariable

__all__ = [
    "Population",
    "Tensor",
    "correlation",
    "population",
    "spread",
]

type Tensor = TensorVariable[Any, Any]


@dataclass(frozen=True)
class Population:
    """The population's parameters as variables of a model, all scalar."""

    mu_alpha: Tensor
    mu_beta: Tensor
    sigma_alpha: Tensor
    sigma_beta: Tensor


def population(family: str, scale: Mapping[str, Any]) -> Population:
    """Add the population's parameters to the model in context; `scale` is by parameter."""
    return Population(
        mu_alpha=location("mu_alpha", scale),
        mu_beta=location("mu_beta", scale),
        sigma_alpha=spread("sigma_alpha", family, scale),
        sigma_beta=spread("sigma_beta", family, scale),
    )


def location(name: str, scale: Mapping[str, Any]) -> Tensor:
    """Return ``name ~ Normal(0, scale)``, a scalar of the model in context."""
    variable: Tensor = pm.Normal(name, 0.0, scale[name])
    return variable


def spread(name: str, family: str, scale: Mapping[str, Any], dims: str | None = None) -> Tensor:
    """Return ``name ~ Exponential(mean scale)`` or ``HalfNormal(scale)``, in context."""
    variable: Tensor
    if family == "exponential":
        variable = pm.Exponential(name, scale=scale[name], dims=dims)
    else:
        variable = pm.HalfNormal(name, scale[name], dims=dims)
    return variable


def correlation() -> Tensor:
    """Return rho = 2 rho_unit - 1 with ``rho_unit ~ Beta(2, 2)``, in context.

    For two dimensions this is LKJ(eta = 2) (Lewandowski, Kurowicka and Joe 2009, section 3).
    """
    rho: Tensor = pm.Deterministic("rho", 2.0 * pm.Beta("rho_unit", 2.0, 2.0) - 1.0)
    return rho
