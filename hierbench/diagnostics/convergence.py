"""Convergence of all parameters at once: ArviZ's numbers at a fraction of its time.

Owns which series each diagnostic reads and what is undefined; ranks and mixing are computed
in their own modules. ArviZ stays the authority: a test holds every number to its own.
"""

from dataclasses import dataclass, fields

import numpy as np

from hierbench.diagnostics.mixing import effective_size, r_hat
from hierbench.diagnostics.ranks import (
    Floats,
    Integers,
    fold,
    kept_positions,
    normal_scores,
    quantile,
    score_by_rank,
    split_positions,
)

__all__ = ["TAIL_PROBABILITIES", "Convergence", "convergence"]

TAIL_PROBABILITIES = (0.05, 0.95)
"""Quantiles of ess_tail: those of Vehtari et al. (2021), section 4.3, whose threshold of 400 they
are meant for. ArviZ 1 has others by default."""

MIN_DRAWS = 4
CANCELLATION = 1e-6  # leaves 10 digits of the difference of two float64
PARAMETERS_AT_ONCE = 8  # a cache line of float64: draws come with the parameter last
UNDEFINED = float("nan")


@dataclass(frozen=True)
class Convergence:
    """Diagnostics of every parameter, each dims (parameter,), float64.

    A NaN is never good news: a draw is not finite, there are fewer than 4 draws, or, for
    r_hat, there is one chain or no draw ever moved. A parameter that never moves has as many
    effective draws as draws, and an sd of rounding size.

    Attributes
    ----------
    mean, sd : ndarray
        Over all chains and draws, n - 1 in the denominator of the variance.
    ess_bulk, ess_tail : ndarray
        Effective sample size of the rank-normalised draws, and the smaller one of the
        indicators of both tails (`TAIL_PROBABILITIES`).
    ess_mean, ess_square : ndarray
        Effective sample size of the draws themselves, and of the squares of their distances
        from the mean of all draws: those that `mcse_mean` and `mcse_sd` are made with.
    r_hat : ndarray
        The larger one of the rank-normalised split r_hat of the draws and of the draws folded
        about their median.
    mcse_mean, mcse_sd : ndarray
        Monte Carlo standard error of `mean` and of `sd`.
    """

    mean: Floats
    sd: Floats
    ess_bulk: Floats
    ess_tail: Floats
    ess_mean: Floats
    ess_square: Floats
    r_hat: Floats
    mcse_mean: Floats
    mcse_sd: Floats


@dataclass(frozen=True)
class _Layout:
    """What depends on the numbers of chains and draws alone."""

    positions: Integers
    scores: Floats


def convergence(draws: Floats) -> Convergence:
    """Return the diagnostics of all parameters of `draws`, dims (chain, draw, parameter).

    Fastest when each parameter's draws are contiguous, as in the transpose of an array with
    dims (parameter, chain, draw). One thread; the same bits in every process.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter, Bürkner (2021). Rank-normalization, folding, and
    localization: an improved R-hat for assessing convergence of MCMC. Bayesian Analysis
    16(2). https://doi.org/10.1214/20-BA1221

    >>> chains = np.random.default_rng(1).normal(size=(4, 500, 2))
    >>> bool((convergence(chains).r_hat < 1.01).all())
    True
    """
    if draws.ndim != 3 or 0 in draws.shape[:2]:
        raise ValueError(f"draws need dims (chain, draw, parameter), got shape {draws.shape}")
    chains, length, parameters = draws.shape
    layout = _Layout(
        positions=split_positions(chains, length),
        scores=normal_scores(2 * chains * (length // 2)),
    )
    rows = np.empty((parameters, len(fields(Convergence))))
    with np.errstate(all="ignore"):
        for start in range(0, parameters, PARAMETERS_AT_ONCE):
            block = np.moveaxis(draws[..., start : start + PARAMETERS_AT_ONCE], -1, 0)
            for offset, one in enumerate(np.ascontiguousarray(block, dtype=np.float64)):
                rows[start + offset] = _diagnose(one, layout)
    return Convergence(*np.ascontiguousarray(rows.T))


def _diagnose(draws: Floats, layout: _Layout) -> tuple[float, ...]:
    """Return the fields of `Convergence` for one parameter, dims (chain, draw)."""
    mean = draws.mean()
    centred = draws - mean
    squares = centred**2
    sd = np.sqrt(squares.sum() / (draws.size - 1)) if draws.size > 1 else UNDEFINED
    if draws.shape[1] < MIN_DRAWS or (np.isnan(mean) and np.isnan(draws).any()):
        return mean, sd, *[UNDEFINED] * (len(fields(Convergence)) - 2)
    halves = _split(draws)
    order = np.argsort(draws, axis=None)
    scores, largest_r_hat = _rank_normalised(
        halves, kept_positions(order, layout.positions), layout
    )
    of_mean, of_square = effective_size(halves), effective_size(_split(squares))
    return (
        mean,
        sd,
        effective_size(scores),
        _tail_size(halves, draws.ravel()[order]),
        of_mean,
        of_square,
        largest_r_hat if len(draws) > 1 else UNDEFINED,
        sd / np.sqrt(of_mean),
        _mcse_of_sd(centred, squares, of_square),
    )


def _split(draws: Floats) -> Floats:
    """Return the halves of each chain as chains of their own, without an odd middle draw."""
    half = draws.shape[1] // 2
    return np.concatenate((draws[:, :half], draws[:, -half:]))


def _rank_normalised(halves: Floats, order: Integers, layout: _Layout) -> tuple[Floats, float]:
    """Return the normal scores of the split draws and r_hat, the larger of bulk and folded.

    Vehtari et al. (2021), sections 4.1 and 4.2. Nothing folds about an infinite median:
    then the bulk's, as in ArviZ.
    """
    ascending = halves.ravel()[order]
    scores = score_by_rank(ascending, order, layout.scores).reshape(halves.shape)
    bulk = r_hat(scores)
    if not np.isfinite(ascending[halves.size // 2 - 1 : halves.size // 2 + 1].sum()):
        return scores, bulk
    distances, origins = fold(ascending, order)
    folded = r_hat(score_by_rank(distances, origins, layout.scores).reshape(halves.shape))
    return scores, folded if folded > bulk else bulk


def _tail_size(halves: Floats, ascending: Floats) -> float:
    """Return the smaller effective size of the indicators theta <= quantile of both tails.

    Vehtari et al. (2021), section 4.3. Quantiles are those of all draws, `ascending`.
    """
    return min(
        effective_size((halves <= quantile(ascending, probability)).astype(np.float64))
        for probability in TAIL_PROBABILITIES
    )


def _mcse_of_sd(centred: Floats, squares: Floats, size: float) -> float:
    """Return the standard error of the sd from that of the variance, by the delta method.

        var(sd) = (E[c^4] - E[c^2]^2) / ess(c^2) / (4 E[c^2])

    `size` is ess(c^2). As in ArviZ. Draws of only two values can leave nothing of the difference
    but rounding: then the powers are taken as ArviZ takes them, at 20 times the cost.
    """
    second, fourth = squares.mean(), (squares * squares).mean()
    if not fourth - second**2 > CANCELLATION * fourth:
        fourth = (centred**4).mean()
    error: float = np.sqrt((fourth - second**2) / size / second / 4)
    return error
