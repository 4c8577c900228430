"""How well chains mix: r_hat and the effective sample size of series, dims (chain, draw).

Both compare the variance within chains with that between them. Knows nothing of ranks, tails
or splitting: the caller hands over the series that it means.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from hierbench.compiled import compiled

__all__ = ["effective_size", "r_hat"]

type Floats = NDArray[np.float64]

LAGS_AT_ONCE = 16
DIRECT_LAGS = 128  # an FFT costs about as much as 180 direct lags, whatever the length
NUMPY_BLOCK = 128  # pairwise summation in numpy/_core/src/umath/loops_utils.h.src
CONSTANT_RANGE = 1e-15  # ArviZ calls draws constant below this range
UNDECIDED = -1.0


@compiled
def pairwise_sum(values: Floats) -> float:
    """Return the sum to the bit that `numpy.sum` gives for contiguous values.

    The spread of a chain stuck at one value is the rounding of its mean: only the same
    rounding gives the same r_hat as ArviZ.
    """
    size = len(values)
    if size < 8:
        total = -0.0
        for value in values:
            total += value
        return float(total)
    if size > NUMPY_BLOCK:
        middle = size // 2
        middle -= middle % 8
        return pairwise_sum(values[:middle]) + pairwise_sum(values[middle:])
    lanes = values[:8].copy()
    whole = size - size % 8
    for start in range(8, whole, 8):
        for lane in range(8):
            lanes[lane] += values[start + lane]
    low = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
    total = low + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for value in values[whole:]:
        total += value
    return float(total)


@compiled
def mean(values: Floats) -> float:
    """Return the mean."""
    return pairwise_sum(values) / len(values)


@compiled
def variance(values: Floats) -> float:
    """Return the variance with n - 1 in the denominator."""
    middle = mean(values)
    squares = np.empty(len(values))
    for place in range(len(values)):
        squares[place] = (values[place] - middle) * (values[place] - middle)
    return pairwise_sum(squares) / (len(values) - 1)


@compiled
def r_hat(series: Floats) -> float:
    """Return the potential scale reduction factor of `series`, dims (chain, draw).

        B = n var(chain means),  W = mean(chain variances),  r_hat = sqrt((B / W + n - 1) / n)

    Vehtari et al. (2021), section 3.1, equations 1 to 4. NaN when no chain moves and all agree.
    """
    chains, draws = series.shape
    means, variances = np.empty(chains), np.empty(chains)
    for chain in range(chains):
        means[chain] = mean(series[chain])
        variances[chain] = variance(series[chain])
    between = draws * variance(means)
    within = mean(variances)
    return float(np.sqrt((between / within + draws - 1) / draws))


def effective_size(series: Floats) -> float:
    """Return the effective sample size of `series`, dims (chain, draw), at least 2 x 2.

    That of constant series is their size, as in ArviZ; NaN when a value is not finite.
    Autocovariances are summed directly only as far as the truncation needs them, by FFT when
    that is far.
    """
    size = direct_effective_size(series)
    if size != UNDECIDED:
        return size
    centred, between = centre(series, 0)
    return truncated_size(spectral_autocovariance(centred), between, *series.shape)


@compiled
def direct_effective_size(series: Floats) -> float:
    """Return the effective sample size, or UNDECIDED if it needs more than DIRECT_LAGS lags."""
    chains, draws = series.shape
    if series.max() - series.min() < CONSTANT_RANGE:
        return float(series.size)
    centred, between = centre(series, LAGS_AT_ONCE + 4)
    autocovariance = np.zeros(DIRECT_LAGS)
    for first in range(0, min(draws, DIRECT_LAGS), LAGS_AT_ONCE):
        known = min(first + LAGS_AT_ONCE, draws)
        block = autocovariance[first : first + LAGS_AT_ONCE]
        for chain in range(chains):
            add_lagged_products(centred[chain], draws, first, block)
        for lag in range(LAGS_AT_ONCE):
            block[lag] /= series.size
        size = truncated_size(autocovariance[:known], between, chains, draws)
        if size != UNDECIDED:
            return size
    return UNDECIDED


@compiled
def centre(series: Floats, padding: int) -> tuple[Floats, float]:
    """Return each chain less its mean, zeros behind it, and the variance between the means."""
    chains, draws = series.shape
    centred = np.zeros((chains, draws + padding))
    means = np.empty(chains)
    for chain in range(chains):
        means[chain] = mean(series[chain])
        for draw in range(draws):
            centred[chain, draw] = series[chain, draw] - means[chain]
    return centred, variance(means)


@compiled
def add_lagged_products(centred: Floats, draws: int, first: int, sums: Floats) -> None:
    """Add sum_i x_i x_(i + first + l) to `sums[l]` for all l; zeros follow the draws.

    Lags run side by side in vector registers and each sum keeps its order: no fast-math.
    """
    for start in range(0, draws - first, 4):
        a, b, c, d = centred[start], centred[start + 1], centred[start + 2], centred[start + 3]
        later = centred[start + first :]
        for lag in range(len(sums)):
            near = a * later[lag] + b * later[lag + 1]
            sums[lag] += near + (c * later[lag + 2] + d * later[lag + 3])


def spectral_autocovariance(centred: Floats) -> Floats:
    """Return the autocovariance at all lags, mean over chains, as the power spectrum's inverse."""
    draws = centred.shape[1]
    length = next_fast_len(2 * draws, real=True)
    spectrum = rfft(centred, length)
    power = (spectrum.real**2 + spectrum.imag**2).mean(axis=0)
    autocovariance: Floats = irfft(power, length)[:draws] / draws
    return autocovariance


@compiled
def truncated_size(autocovariance: Floats, between: float, chains: int, draws: int) -> float:
    """Return the effective sample size from the mean autocovariance, or UNDECIDED.

        rho_t = 1 - (W - gamma_t) / var_plus,    P_j = rho_2j + rho_(2j + 1)
        tau = -1 + 2 sum_(j < J) min_(i <= j) P_i + rho_2J,    ess = chains * draws / tau

    J is the first pair whose sum is not positive, or the last pair there is; rho_2J counts if
    it is positive, and tau is at least 1 / log10(chains * draws). Vehtari et al. (2021),
    section 3.2; Geyer (1992), initial monotone sequence. UNDECIDED when J lies beyond the lags
    that `autocovariance` holds.
    """
    within = autocovariance[0] * draws / (draws - 1.0)
    var_plus = within * (draws - 1.0) / draws + between
    even, odd = 1.0, 1.0 - (within - autocovariance[1]) / var_plus
    if np.isnan(odd):
        return np.nan
    smallest, total, lag = even + odd, 0.0, 1
    while even + odd > 0.0 and lag < draws - 3:
        if lag + 2 >= len(autocovariance):
            return UNDECIDED
        total += smallest
        even = 1.0 - (within - autocovariance[lag + 1]) / var_plus
        odd = 1.0 - (within - autocovariance[lag + 2]) / var_plus
        smallest = min(smallest, even + odd)
        lag += 2
    last = even if even > 0.0 or even + odd >= 0.0 else 0.0
    size = chains * draws
    tau = max(-1.0 + 2.0 * total + last, 1.0 / np.log10(size))
    return float(size / tau)
