"""A proposal that reaches scales near 0, where the logs of the scales have a long left tail.

A prior density that is finite at sigma = 0 falls off like sigma itself on the log scale. A t's
tails are heavier in the end, but only many sds out; until then the weights rise. So a part of
the proposals draws one of the effects' sigmas uniformly down to 0, as large a part as the
target itself has there.
"""

from dataclasses import dataclass

import numpy as np

from hierbench.models.homes.algebra.sufficient import Floats
from tests.benchmarks.references.mixture import Mixture

__all__ = ["Guarded", "guarded"]

EFFECTS = (0, 1)  # log sigma_alpha and log sigma_beta, among a point's entries
REACH = 0.5  # of the posterior mean
SHARES = (0.01, 0.4)  # least and most of a guard; two at most leave the bulk a fifth


@dataclass(frozen=True)
class Guarded:
    """A mixture, and for each of `EFFECTS` a share with its sigma uniform on (0, top).

    Attributes
    ----------
    shares : ndarray
        Of the guards, dims (effect,); the rest is the bulk's.
    others : tuple of Mixture
        Of a point's other entries, one for each of `EFFECTS`.
    log_tops : ndarray
        Logs of the uniforms' upper ends, dims (effect,).
    """

    bulk: Mixture
    shares: Floats
    others: tuple[Mixture, ...]
    log_tops: Floats

    def draw(self, rng: np.random.Generator, number: int) -> Floats:
        """Return points, dims (draw, dimension)."""
        *guards, rest = rng.multinomial(number, [*self.shares, 1.0 - self.shares.sum()])
        parts = [self.bulk.draw(rng, rest)]
        for effect, other, top, count in zip(
            EFFECTS, self.others, self.log_tops, guards, strict=True
        ):
            # The log of a uniform is minus a standard exponential.
            near = top - rng.standard_exponential(count)
            parts.append(np.insert(other.draw(rng, count), effect, near, axis=1))
        return np.concatenate(parts)

    def log_density(self, points: Floats) -> Floats:
        """Return the log density at `points`, dims (draw,)."""
        total = np.log1p(-self.shares.sum()) + self.bulk.log_density(points)
        for effect, share, other, top in zip(
            EFFECTS, self.shares, self.others, self.log_tops, strict=True
        ):
            below = points[:, effect] - top
            part = np.log(share) + below + other.log_density(np.delete(points, effect, axis=1))
            total = np.where(below < 0, np.logaddexp(total, part), total)
        return np.asarray(total)


def guarded(bulk: Mixture, points: Floats, weights: Floats) -> Guarded:
    """Return `bulk` with guards fitted to weighted `points`, dims (draw, dimension)."""
    sigmas = np.exp(points[:, EFFECTS])
    tops = REACH * (weights @ sigmas)
    shares = np.clip(weights @ (sigmas < tops), *SHARES)
    others = []
    for effect in EFFECTS:
        rest = np.delete(points, effect, axis=1)
        mean = weights @ rest
        apart = rest - mean
        factor = np.linalg.cholesky((apart.T * weights) @ apart)
        others.append(Mixture(np.ones(1), mean[None], factor[None]))
    return Guarded(bulk, shares, tuple(others), np.log(tops))
