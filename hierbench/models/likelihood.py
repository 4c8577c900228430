"""How the rows enter a model whose residual sd is one number."""

from collections.abc import Mapping

import pymc as pm
from pytensor.tensor.variable import TensorVariable

__all__ = ["rowwise"]


def rowwise(
    alpha: TensorVariable,
    beta: TensorVariable,
    sigma: TensorVariable,
    data: Mapping[str, TensorVariable],
) -> None:
    """Add ``y_i ~ Normal(alpha[g_i] + beta[g_i] x_i, sigma)`` to the model in context, row by row."""
    group = data["group_index"]
    mean = alpha[group] + beta[group] * data["x"]
    pm.Normal("y_obs", mean, sigma, observed=data["y"], dims="obs")
