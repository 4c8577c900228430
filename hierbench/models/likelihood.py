"""How the rows enter a model whose residual sd is one number."""

from collections.abc import Mapping

import pymc as pm

from hierbench.models.hyperpriors import Tensor

__all__ = ["rowwise"]


def rowwise(
    alpha: Tensor,
    beta: Tensor,
    sigma: Tensor,
    data: Mapping[str, Tensor],
) -> None:
    """Add ``y_i ~ Normal(alpha[g_i] + beta[g_i] x_i, sigma)`` to the model in context."""
    group = data["group_index"]
    mean = alpha[group] + beta[group] * data["x"]
    pm.Normal("y_obs", mean, sigma, observed=data["y"], dims="obs")
