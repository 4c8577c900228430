"""Draws of the effects from their exact conditional: what integrating them out left unsaid.

In the notation of `marginal` beside this module, and with g = 1 + p c: a group's line has at its
mean of x the height alpha + beta x_mean. Given mu, the scales and y, height and slope have means

    mu_alpha + mu_beta x_mean + ((h^2 + c + q sigma_beta^2 c) p e + sigma_beta h q d) / determinant
    mu_beta + (sigma_beta h p e + sigma_beta^2 g q d) / determinant

and the Cholesky factor, slope first, ((sigma_beta r, 0), (h r / g, sqrt(c / g))) with
r = sqrt(g / determinant). Nothing is inverted: sigma_beta may come as near 0 as it likes.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from hierbench.compiled import compiled
from hierbench.models.homes.algebra.marginal import LANES
from hierbench.models.homes.algebra.sufficient import Floats

__all__ = ["draw_effects"]


def draw_effects(
    hyper: Floats, blocks: Floats, groups: int, rng: np.random.Generator, *, cores: int
) -> tuple[Floats, Floats]:
    """Return alpha and beta, each dims (chain, draw, group), one for each of the hyperparameters.

    With draws of the hyperparameters' marginal posterior this gives the joint one.

    Parameters
    ----------
    hyper : ndarray
        `PARAMETERS`, dims (parameter, chain, draw).
    blocks : ndarray
        Of `hierbench.models.homes.algebra.marginal`, for `groups` groups.
    cores : int
        Chains at once. Each has its own random stream: equal seeds give equal bits whatever it is.
    """
    chains, draws = hyper.shape[1:]
    alpha, beta = np.empty((2, chains, draws, groups))

    def draw(chain: int, rng: np.random.Generator) -> None:
        rng.standard_normal(out=alpha[chain])
        rng.standard_normal(out=beta[chain])
        place(alpha[chain], beta[chain], np.ascontiguousarray(hyper[:, chain]), blocks)

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(draw, range(chains), rng.spawn(chains)))
    return alpha, beta


@compiled
def place(alpha: Floats, beta: Floats, hyper: Floats, blocks: Floats) -> None:
    """Turn standard Normals, dims (draw, group), into the effects, in place.

    Parameters
    ----------
    hyper : ndarray
        mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho and sigma, dims (parameter, draw).
    blocks : ndarray
        Of `hierbench.models.homes.algebra.marginal`.
    """
    for draw in range(alpha.shape[0]):
        mu_alpha, mu_beta = hyper[0, draw], hyper[1, draw]
        sigma_alpha, sigma_beta = hyper[2, draw], hyper[3, draw]
        rho, sigma = hyper[4, draw], hyper[5, draw]
        precision = 1.0 / (sigma * sigma)
        variance = sigma_beta * sigma_beta
        shared = rho * sigma_alpha
        c = sigma_alpha * sigma_alpha * (1.0 - rho * rho)
        for block in range(blocks.shape[0]):
            of = blocks[block].reshape(6 * LANES)
            groups = slice(block * LANES, (block + 1) * LANES)
            intercepts, slopes = alpha[draw, groups], beta[draw, groups]
            for lane in range(intercepts.shape[0]):
                p, q = precision * of[lane], precision * of[3 * LANES + lane]
                x = of[LANES + lane]
                e = of[2 * LANES + lane] - mu_alpha - mu_beta * x
                d = of[4 * LANES + lane] - mu_beta
                h = shared + sigma_beta * x
                g = 1.0 + p * c
                inverse = 1.0 / (1.0 + p * (h * h + c) + q * variance * g)
                alone = 1.0 / g
                r = math.sqrt(g * inverse)
                pe, qd, first = p * e * inverse, q * d * inverse, slopes[lane]
                slope = sigma_beta * (h * pe + sigma_beta * g * qd + r * first)
                height = (
                    (h * h + c + q * variance * c) * pe
                    + sigma_beta * h * qd
                    + h * r * alone * first
                    + math.sqrt(c * alone) * intercepts[lane]
                )
                slopes[lane] = mu_beta + slope
                intercepts[lane] = mu_alpha + height - x * slope
