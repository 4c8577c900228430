"""The posterior of the scales alone, on the whole real line: what is sampled."""

from dataclasses import dataclass

import numpy as np

from hierbench.models.homes.algebra.densities import log_hyperprior
from hierbench.models.homes.algebra.integrated import Integrated, Scales, integrate
from hierbench.models.homes.algebra.sufficient import Floats, Sufficient
from hierbench.records import Hyperprior

__all__ = ["MODELS", "SIGMAS", "Target"]

SIGMAS = ("sigma_alpha", "sigma_beta", "sigma")

MODELS = {"independent": SIGMAS, "correlated": (*SIGMAS, "rho")}
"""The scales of each model whose effects integrate out, in the order of a point's entries."""


@dataclass(frozen=True)
class Target:
    """Density over points z: the logs of the sigmas, then atanh(rho) in the correlated model."""

    groups: Sufficient
    model: str
    prior: Hyperprior

    @property
    def dimensions(self) -> int:
        """Entries of a point."""
        return len(MODELS[self.model])

    def scales(self, points: Floats) -> Scales:
        """Return the scales at `points`, dims (draw, dimension)."""
        sigma_alpha, sigma_beta, sigma = np.exp(points[:, :3].T)
        rho = np.tanh(points[:, 3]) if self.dimensions > 3 else np.zeros(len(points))
        return Scales(sigma_alpha, sigma_beta, sigma, rho)

    def evaluate(self, points: Floats) -> tuple[Floats, Scales, Integrated]:
        """Return the log density at `points`, dims (draw, dimension), and what it rests on.

        Normalised as the joint density of y and the points, so that its integral is the
        marginal likelihood.
        """
        scales = self.scales(points)
        prior_sd = self.prior.scales["mu_alpha"], self.prior.scales["mu_beta"]
        over = integrate(self.groups, scales, prior_sd)
        return over.log_density + self._log_prior(points, scales), scales, over

    def _log_prior(self, points: Floats, scales: Scales) -> Floats:
        """Return the log prior density of `points`, dims (draw,), Jacobians in it.

        d sigma / dz = sigma; d rho / dz = 1 - rho^2 and LKJ(2) has the density
        3/4 (1 - rho^2) for two dimensions.
        """
        sigmas = {name: getattr(scales, name) for name in SIGMAS}
        total: Floats = points[:, :3].sum(axis=1) + log_hyperprior(self.prior, sigmas)
        if self.dimensions > 3:
            # 1 - tanh(z)^2 = 1 / cosh(z)^2, without the cancellation.
            size = np.abs(points[:, 3])
            total += np.log(0.75) - 4.0 * (size + np.log1p(np.exp(-2.0 * size)) - np.log(2.0))
        return total
