"""Draws of the effects from their exact conditional: what integrating them out left unsaid."""

import numpy as np

from hierbench.algebra.integrated import Scales, effects_given_mu
from hierbench.algebra.sufficient import Floats, Sufficient
from hierbench.algebra.symmetric import Pair

__all__ = ["draw_effects"]

CELLS_AT_ONCE = 20_000  # draws x groups: the intermediate arrays stay in the cache


def draw_effects(
    groups: Sufficient, scales: Scales, mu: Pair, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return alpha and beta, each dims (draw, group), given `mu` and the scales, dims (draw,).

    One draw of the effects for each of the hyperparameters: with draws of their marginal
    posterior this gives the joint one. Equal seeds give equal bits, whatever the machine's
    cores.
    """
    draws, count = len(scales.sigma), len(groups.rows)
    alpha, beta = np.empty((2, draws, count))
    at_once = max(1, CELLS_AT_ONCE // count)
    for index, block in enumerate(scales.blocks(at_once)):
        part = slice(index * at_once, index * at_once + len(block.sigma))
        of = effects_given_mu(groups, block, Pair(mu.alpha[part], mu.beta[part]))
        first, cross, second = of.covariance.factor()
        one, other = rng.standard_normal((2, len(block.sigma), count))
        alpha[part] = of.mean.alpha + first * one
        beta[part] = of.mean.beta + cross * one + second * other
    return alpha, beta
