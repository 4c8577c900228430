"""The hyperparameters' priors: their scales by name, and their PyMC form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pymc as pm
from pytensor.tensor.variable import TensorVariable

from hierbench.config.schema import PriorConfig
from hierbench.errors import ConfigError
from hierbench.records import Hyperprior

__all__ = [
    "PRIORS",
    "SCALED",
    "Population",
    "Tensor",
    "correlation",
    "hyperprior",
    "population",
    "spread",
]

type Tensor = TensorVariable[Any, Any]

SCALED = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
"""The parameters that have a prior scale, in the order of the rows below."""

NOTEBOOK = {
    "varying_sigma": (20.0, 5.0, 2.5, 2.5, 2.5),
    "independent": (20.0, 5.0, 5.0, 5.0, 5.0),
    "correlated": (5.0, 5.0, 5.0, 5.0, 5.0),
}
FORMULA = (100.0, 100.0, 0.01, 0.01, 0.01)
PRIORS = ("notebook", "formula", "halfnormal")


def hyperprior(config: PriorConfig, model: str) -> Hyperprior:
    """Return the hyperprior of `model`, `prior.scale` multiplied in.

    `notebook` is the 2019 notebook's code, `formula` what its text says instead: Normal(0, 100)
    and Exponential(rate 100), whose mean is 0.01. `halfnormal` takes its scales from the
    configuration.

    Raises
    ------
    ConfigError
        If no prior has the configured name.
    """
    base: tuple[float | None, ...]
    match config.name:
        case "notebook":
            family, base = "exponential", NOTEBOOK[model]
        case "formula":
            family, base = "exponential", FORMULA
        case "halfnormal":
            family, base = "halfnormal", tuple(getattr(config, name) for name in SCALED)
        case _:
            raise ConfigError(
                f"prior={config.name}: known are {', '.join(PRIORS)}; choose one of them"
            )
    scales = {name: config.scale * scale for name, scale in zip(SCALED, base, strict=True) if scale}
    return Hyperprior(family, scales)


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
