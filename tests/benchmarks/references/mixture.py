"""Mixtures of multivariate t: what the scales are proposed from, away from 0.

Knows nothing of the target but weighted points.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from hierbench.models.homes.algebra.sufficient import Floats

__all__ = ["Mixture"]

FREEDOM = 5.0


@dataclass(frozen=True)
class Mixture:
    """A mixture of multivariate t of `FREEDOM` degrees of freedom.

    Attributes
    ----------
    shares : ndarray
        Of each component, dims (component,), sum 1.
    centers : ndarray
        Dims (component, dimension).
    factors : ndarray
        Lower Cholesky factors of the scale matrices, dims (component, dimension, dimension).
    """

    shares: Floats
    centers: Floats
    factors: Floats

    def draw(self, rng: np.random.Generator, number: int) -> Floats:
        """Return points, dims (draw, dimension)."""
        chosen = rng.choice(len(self.shares), size=number, p=self.shares)
        normal = rng.standard_normal((number, self.centers.shape[1]))
        stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, (number, 1)))
        steps = np.einsum("nij,nj->ni", self.factors[chosen], normal * stretch)
        return np.asarray(self.centers[chosen] + steps)

    def log_density(self, points: Floats) -> Floats:
        """Return the log density at `points`, dims (draw,)."""
        return np.asarray(logsumexp(self.components(points)[0], axis=0))

    def components(self, points: Floats) -> tuple[Floats, Floats]:
        """Return each component's part of the log density and the points' distances from it.

        Both dims (component, draw); distances are Mahalanobis', squared.
        """
        d = self.centers.shape[1]
        whitened = np.linalg.solve(self.factors, np.swapaxes(points - self.centers[:, None], 1, 2))
        squares = (whitened**2).sum(axis=1)
        constant = gammaln((FREEDOM + d) / 2) - gammaln(FREEDOM / 2)
        constant -= 0.5 * d * np.log(np.pi * FREEDOM)
        volumes = np.log(np.diagonal(self.factors, axis1=1, axis2=2)).sum(axis=1)
        height = np.log(self.shares) + constant - volumes
        return height[:, None] - 0.5 * (FREEDOM + d) * np.log1p(squares / FREEDOM), squares

    def improved(self, points: Floats, weights: Floats) -> "Mixture":
        """Return the proposal nearer to the target that weighted `points` of this one show.

        One step of expectation and maximisation towards the least Kullback-Leibler divergence
        (Cappé, Douc, Guillin, Marin and Robert 2008, section 5.2: mixtures of t).
        """
        logs, squares = self.components(points)
        belongs = weights * np.exp(logs - logsumexp(logs, axis=0))
        shares = belongs.sum(axis=1)
        pull = belongs * (FREEDOM + points.shape[1]) / (FREEDOM + squares)
        centers = (pull @ points) / pull.sum(axis=1)[:, None]
        apart = points - centers[:, None]
        scatter = np.einsum("cn,cni,cnj->cij", pull, apart, apart) / shares[:, None, None]
        return Mixture(shares / shares.sum(), centers, np.linalg.cholesky(scatter))
