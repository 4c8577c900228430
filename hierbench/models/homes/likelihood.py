"""How the data enter a model: row by row, or as each group's sufficient statistics."""

import math
from collections.abc import Callable, Mapping

import pymc as pm
import pytensor.tensor as pt

from hierbench.models.homes.containers import moments_of
from hierbench.models.homes.hyperpriors import Tensor

__all__ = ["LIKELIHOODS", "Likelihood", "rowwise", "sufficient"]

type Likelihood = Callable[[Tensor, Tensor, Tensor, Mapping[str, Tensor]], None]
"""From alpha (group,), beta (group,), sigma, scalar or (group,), and the data."""


def rowwise(alpha: Tensor, beta: Tensor, sigma: Tensor, data: Mapping[str, Tensor]) -> None:
    """Add ``y_i ~ Normal(alpha[g_i] + beta[g_i] x_i, sigma)`` to the model in context.

    The squares are summed by BLAS, side by side, and there is one division, not one for each
    row: without fast-math a third faster than `pm.Normal`, whose density a test holds it to.
    """
    group, y = data["group_index"], data["y"]
    residuals = y - alpha[group] - beta[group] * data["x"]
    if sigma.ndim:
        residuals = residuals * (1.0 / sigma)[group]
        density = -0.5 * (residuals @ residuals) - pt.log(sigma)[group].sum()
    else:
        density = -0.5 * (residuals @ residuals) / sigma**2 - y.shape[0] * pt.log(sigma)
    pm.Potential("y_obs", density - 0.5 * math.log(2 * math.pi) * y.shape[0])


def sufficient(alpha: Tensor, beta: Tensor, sigma: Tensor, data: Mapping[str, Tensor]) -> None:
    """Add the same density of the rows, from the groups' moments, to the model in context.

    Its cost does not grow with the rows. Sums of squares are taken about each group's own
    least-squares line, so that nothing large cancels: see `hierbench.models.homes.algebra`.
    """
    of = moments_of(data)
    at_mean = of["y_mean"] - alpha - beta * of["x_mean"]
    squares = (
        of["residual_squares"]
        + of["x_squares"] * (beta - of["slopes"]) ** 2
        + of["rows"] * at_mean**2
    )
    log_norm = pt.log(sigma) + 0.5 * math.log(2 * math.pi)
    pm.Potential("y_obs", -(of["rows"] * log_norm + 0.5 * squares / sigma**2).sum())


LIKELIHOODS: dict[str, Likelihood] = {"rowwise": rowwise, "sufficient": sufficient}
