"""The density of the rows with alpha and beta integrated out.

The algebra is that of `hierbench.models.homes.algebra.marginal`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.builders import OpFromGraph
from pytensor.gradient import DisconnectedType, grad
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key
from pytensor.scalar import float64

from hierbench.models.homes.algebra import marginal
from hierbench.models.homes.algebra.marginal import PARAMETERS, log_density_and_gradient
from hierbench.models.homes.algebra.sufficient import MOMENTS
from hierbench.models.homes.hyperpriors import Population, Tensor

__all__ = ["integrated"]


class IntegratedDensity(OpFromGraph):
    """From `PARAMETERS` and the blocks to the log density and its partial derivatives.

    Where numba compiles, all come from one pass of a kernel; elsewhere, as for JAX, from the
    graph inside. Parameters, density and derivatives are scalars and not arrays without dims,
    each of which would be allocated anew at every gradient.
    """

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        """Return the derivatives times the density's cotangent; the blocks are data, without."""
        of_density, *of_partials = output_grads
        if not all(isinstance(one.type, DisconnectedType) for one in of_partials):
            raise NotImplementedError("the marginal density has no second derivatives")
        return [*(partial * of_density for partial in outputs[1:]), DisconnectedType()()]


@register_funcify_and_cache_key(IntegratedDensity)  # type: ignore[no-untyped-call, untyped-decorator]
def kernel(_op: IntegratedDensity, **_: Any) -> tuple[Callable[..., Any], str]:
    """Return what stands for the Op in compiled code, and the key of its cache."""

    @numba_njit
    def density(
        mu_alpha: float,
        mu_beta: float,
        sigma_alpha: float,
        sigma_beta: float,
        rho: float,
        sigma: float,
        blocks: NDArray[np.float64],
    ) -> tuple[float, ...]:
        return log_density_and_gradient(
            mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho, sigma, blocks
        )

    # Numba's cache does not see that a function called from here has changed.
    return density, sha256(Path(marginal.__file__).read_bytes()).hexdigest()


def density_of(parameters: Sequence[Any], blocks: Any) -> Tensor:
    """Return the log density of the rows given `PARAMETERS`, as a graph."""
    mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho, sigma = parameters
    known = {name: blocks[:, place] for place, name in enumerate(MOMENTS)}
    p, q = known["rows"] / sigma**2, known["x_squares"] / sigma**2
    e = known["y_mean"] - mu_alpha - mu_beta * known["x_mean"]
    d = known["slopes"] - mu_beta
    h = rho * sigma_alpha + known["x_mean"] * sigma_beta
    c = sigma_alpha**2 * (1.0 - rho**2)
    determinant = 1.0 + p * (h**2 + c) + q * sigma_beta**2 * (1.0 + p * c)
    squares = p * e**2 + q * d**2 + p * q * ((sigma_beta * e - h * d) ** 2 + c * d**2)
    log_norm = known["rows"] * (pt.log(sigma) + 0.5 * math.log(2 * math.pi))
    rest = pt.log(determinant) + squares / determinant + known["residual_squares"] / sigma**2
    density: Tensor = -(log_norm + 0.5 * rest).sum()
    return density


def integrated(of: Population, rho: Tensor, sigma: Tensor, data: Mapping[str, Tensor]) -> None:
    """Add the density of y given mu, the sigmas and rho to the model in context."""
    blocks = pt.dtensor3("blocks")
    inside: list[Any] = [float64(name) for name in PARAMETERS]
    tensors: Any = [pt.tensor_from_scalar(parameter) for parameter in inside]
    density = density_of(tensors, blocks)
    partials: Any = grad(density, tensors)
    found = [density, *partials]
    both: Any = IntegratedDensity(
        [*inside, blocks],
        [pt.scalar_from_tensor(one) for one in found],
        connection_pattern=[*([True] * len(found) for _ in inside), [False] * len(found)],
    )
    outside = (of.mu_alpha, of.mu_beta, of.sigma_alpha, of.sigma_beta, rho, sigma)
    value = both(*(pt.scalar_from_tensor(one) for one in outside), data["blocks"])[0]
    pm.Potential("y_obs", pt.tensor_from_scalar(value))
