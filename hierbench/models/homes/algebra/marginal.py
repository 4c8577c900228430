"""The density of the rows with alpha and beta integrated out, and its gradient, in one pass.

A group's least-squares line is, about its mean of x, two independent Normals: y_mean with
variance sigma^2 / rows about alpha + beta x_mean, and its slope with variance
sigma^2 / x_squares about beta. So each group costs a 2x2 Normal, written out below with every
term a sum of squares: nothing cancels, and a group in which x does not vary has x_squares = 0.
This is the two-dimensional case of Lindley and Smith (1972), section 2.

With p = rows / sigma^2, q = x_squares / sigma^2, residuals e of y_mean and d of the slope about
their means, h = rho sigma_alpha + x_mean sigma_beta, c = sigma_alpha^2 (1 - rho^2) and
t = sigma_beta e - h d, a group's determinant and quadratic form are

    determinant = 1 + p (h^2 + c) + q sigma_beta^2 (1 + p c)
    quadratic   = (p e^2 + q d^2 + p q (t^2 + c d^2)) / determinant
"""

import math

import numpy as np
from numpy.typing import NDArray

from hierbench.compiled import compiled
from hierbench.models.homes.algebra.sufficient import MOMENTS, Floats, Sufficient

__all__ = ["LANES", "PARAMETERS", "blocks_of", "log_density_and_gradient"]

PARAMETERS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "rho", "sigma")
"""In the order in which they go in, and their partial derivatives come out."""

LANES = 16
"""Groups side by side in a block: a processor takes several at once. Each lane has its own sums,
so that their order is the source's and not the registers': equal bits on every machine."""

QUADRATIC, MU_ALPHA, MU_BETA, SIGMA_BETA, CROSS, SPREAD, SIGMA, ROWS, RESIDUALS, PRODUCT = range(10)
"""The sums over groups, and last the product of the determinants' mantissas."""

MANTISSA, ONE, EXPONENT, BIAS = (1 << 52) - 1, 1023 << 52, 52, 1023
"""Of a float64's bits."""


def blocks_of(groups: Sufficient) -> Floats:
    """Return the moments of `groups`, dims (block, moment, lane).

    The last block is filled up with groups without rows, of which every term is 0.
    """
    moments = np.array([getattr(groups, name) for name in MOMENTS])
    count = -(-moments.shape[1] // LANES)
    padded = np.zeros((len(MOMENTS), count * LANES))
    padded[:, : moments.shape[1]] = moments
    return np.ascontiguousarray(padded.reshape(len(MOMENTS), count, LANES).swapaxes(0, 1))


@compiled
def log_density_and_gradient(
    mu_alpha: float,
    mu_beta: float,
    sigma_alpha: float,
    sigma_beta: float,
    rho: float,
    sigma: float,
    blocks: Floats,
) -> tuple[float, ...]:
    """Return the log density and its derivatives by `PARAMETERS`.

    Parameters
    ----------
    blocks : ndarray
        Of `blocks_of`, dims (block, moment, lane).
    """
    sums, log_determinant = over_groups(
        mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho, sigma, blocks
    )
    rows, squares = sums[ROWS], sums[RESIDUALS] / (sigma * sigma)
    alone = 1.0 - rho * rho
    log_norm = rows * (math.log(sigma) + 0.5 * math.log(2.0 * math.pi))
    return (
        -log_norm - 0.5 * (log_determinant + sums[QUADRATIC] + squares),
        sums[MU_ALPHA],
        sums[MU_BETA],
        -rho * sums[CROSS] - sigma_alpha * alone * sums[SPREAD],
        -sums[SIGMA_BETA],
        sigma_alpha * (rho * sigma_alpha * sums[SPREAD] - sums[CROSS]),
        (sums[SIGMA] - rows + squares) / sigma,
    )


@compiled
def over_groups(
    mu_alpha: float,
    mu_beta: float,
    sigma_alpha: float,
    sigma_beta: float,
    rho: float,
    sigma: float,
    blocks: Floats,
) -> tuple[Floats, float]:
    """Return the sums over groups, dims (sum,), and that of the determinants' logarithms."""
    lanes = np.zeros((PRODUCT + 1) * LANES)
    lanes[PRODUCT * LANES :] = 1.0
    bits = lanes.view(np.int64)
    exponents = np.zeros(LANES, np.int64)
    precision, variance = 1.0 / (sigma * sigma), sigma_beta * sigma_beta
    shared, c = rho * sigma_alpha, sigma_alpha * sigma_alpha * (1.0 - rho * rho)
    for block in range(blocks.shape[0]):
        of = blocks[block].reshape(6 * LANES)
        for lane in range(LANES):
            p, q = precision * of[lane], precision * of[3 * LANES + lane]
            x = of[LANES + lane]
            e = of[2 * LANES + lane] - mu_alpha - mu_beta * x
            d = of[4 * LANES + lane] - mu_beta
            h = shared + x * sigma_beta
            t = sigma_beta * e - h * d
            ph, pc, qv = p * h, p * c, q * variance
            alone = 1.0 + pc
            own = ph * h + pc
            determinant = 1.0 + own + qv * alone
            inverse = 1.0 / determinant
            pe, qd, pqt = p * e * inverse, q * d * inverse, p * q * t * inverse
            joint = pqt * t + pc * d * qd
            quadratic = pe * e + qd * d + joint
            weight = (1.0 - quadratic) * inverse
            steep = weight * ph
            lanes[QUADRATIC * LANES + lane] += quadratic
            lanes[MU_ALPHA * LANES + lane] += pe + pqt * sigma_beta
            lanes[MU_BETA * LANES + lane] += pe * x + qd * alone - pqt * shared
            lanes[SIGMA_BETA * LANES + lane] += (
                pqt * (e - x * d) + steep * x + weight * q * sigma_beta * alone
            )
            lanes[CROSS * LANES + lane] += steep - pqt * d
            lanes[SPREAD * LANES + lane] += p * (weight * (1.0 + qv) + d * qd)
            lanes[SIGMA * LANES + lane] += quadratic + joint + weight * (own + qv * (alone + pc))
            lanes[ROWS * LANES + lane] += of[lane]
            lanes[RESIDUALS * LANES + lane] += of[5 * LANES + lane]
            lanes[PRODUCT * LANES + lane] *= determinant
        # One logarithm of a product in place of many. Its exponents leave it for a sum of theirs.
        for lane in range(LANES):
            exponents[lane] += (bits[PRODUCT * LANES + lane] >> EXPONENT) - BIAS
            bits[PRODUCT * LANES + lane] = (bits[PRODUCT * LANES + lane] & MANTISSA) | ONE
    return over_lanes(lanes, exponents)


@compiled
def over_lanes(lanes: Floats, exponents: NDArray[np.int64]) -> tuple[Floats, float]:
    """Return each sum over its lanes, dims (sum,), and the logarithm of the determinants."""
    sums = np.zeros(PRODUCT)
    product, exponent = 1.0, 0
    for lane in range(LANES):
        for place in range(PRODUCT):
            sums[place] += lanes[place * LANES + lane]
        product *= lanes[PRODUCT * LANES + lane]
        exponent += exponents[lane]
    return sums, math.log(product) + math.log(2.0) * exponent
