"""Leave-one-out predictive density by Pareto-smoothed importance sampling, some rows at a time.

The log likelihood of 20,000 rows under 4,000 draws has 640 MB; here no more than a block of its
rows is ever in memory. The smoothing is ArviZ's own.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from arviz_stats.base.array import array_stats
from numpy.typing import NDArray

from hierbench.records import Arrays

__all__ = ["FEWEST_DRAWS", "Loo", "leave_one_out", "relative_efficiency"]

type Floats = NDArray[np.float64]

FEWEST_DRAWS = 25
"""A fifth of the draws is the tail, and ArviZ fits none of fewer than 5."""


@dataclass(frozen=True)
class Loo:
    """What every row says of the fit, each dims (obs,).

    Attributes
    ----------
    elpd : ndarray
        Log density of the row given all others, NaN where it is not defined.
    pareto_k : ndarray
        Shape of the tail of its importance weights; NaN where none could be fitted.
    draws : int
        Behind each.
    """

    elpd: Floats
    pareto_k: Floats
    draws: int

    @property
    def good_k(self) -> float:
        """The largest shape at which the estimate can be trusted.

        min(1 - 1 / log10(draws), 0.7): Vehtari, Simpson, Gelman, Yao and Gabry (2024),
        section 3.2.4.
        """
        return min(1.0 - 1.0 / math.log10(self.draws), 0.7)

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics elpd_loo, NaN where a row's is not defined, and pareto_k_bad."""
        good = np.count_nonzero(self.pareto_k <= self.good_k)
        return {
            "elpd_loo": float(self.elpd.sum()),
            "pareto_k_bad": float(self.pareto_k.size - good),
        }

    @property
    def table(self) -> Mapping[str, Floats]:
        """The columns of the table of rows."""
        return {"elpd": self.elpd, "pareto_k": self.pareto_k}


def leave_one_out(blocks: Iterable[Floats], *, efficiency: float) -> Loo:
    """Return PSIS-LOO of the rows whose log likelihoods are `blocks`, each dims (obs, draw).

    Equal to ArviZ's `loo` but for rounding. A row whose draws cannot be smoothed (not finite,
    or a tail of equal values, as of chains that never moved) has NaN.

    Parameters
    ----------
    efficiency : float
        Effective draws per draw: sets how many draws are the tail.

    References
    ----------
    Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
    cross-validation and WAIC. Statistics and Computing 27, section 2.
    """
    found = [(*_row(row, efficiency), row.size) for block in blocks for row in block]
    elpd, pareto_k, draws = zip(*found, strict=True)
    return Loo(np.array(elpd), np.array(pareto_k), draws[0])


def _row(log_likelihood: Floats, efficiency: float) -> tuple[float, float]:
    """Return elpd and shape of one row, dims (draw,)."""
    if not np.isfinite(log_likelihood).all():
        return math.nan, math.nan
    try:
        weights, pareto_k = array_stats.psislw(log_likelihood, r_eff=efficiency)
    except ValueError:  # what ArviZ raises where all of the tail is one value
        return math.nan, math.nan
    logs = weights + log_likelihood
    largest = logs.max()
    return float(largest + np.log(np.exp(logs - largest).sum())), float(pareto_k)


def relative_efficiency(parameters: Arrays, *, chains: int, draws: int) -> float:
    """Return the mean over the estimands of effective draws for a mean per draw; of one chain, 1.

    As ArviZ's `loo` takes it from a posterior.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        The per-parameter table.
    draws : int
        Of all chains together.
    """
    if chains == 1:
        return 1.0
    estimand = parameters["estimand"]
    sd, error = parameters["sd"][estimand], parameters["mcse_mean"][estimand]
    effective = np.divide(sd, error, out=np.full_like(sd, math.sqrt(draws)), where=error > 0) ** 2
    usable = effective[np.isfinite(effective)]
    return float(usable.mean() / draws) if usable.size else 1.0
