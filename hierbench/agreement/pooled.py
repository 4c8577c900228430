"""How far apart the posteriors of settings are, by their cells' tables of parameters."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.agreement.engine import Figures, apart, words
from hierbench.family import bonferroni

__all__ = ["PARAMETER_COLUMNS", "Side", "pool", "shifts_of"]

type Floats = NDArray[np.float64]
type Side = Sequence[pd.DataFrame]

PARAMETER_COLUMNS = ("parameter", "estimand", "mean", "sd", "mcse_mean", "mcse_sd")
"""What is needed of a cell's table of parameters."""

FAMILY_WISE_LEVEL = 0.005
"""Chance that any posterior of two sweeps is called changed though none is."""


def shifts_of(settings: Sequence[tuple[Side, Side]]) -> list[str]:
    """Return what of each setting's posterior changed between two sweeps, empty where nothing did.

    The estimands' means and sds are compared by z = difference / hypot(MCSE, MCSE), the cells of
    one side pooled (their seeds are independent), at a bound corrected by Bonferroni over all
    estimands of all settings.

    Parameters
    ----------
    settings : sequence
        Of each, the tables of parameters of converged cells, then and now; a setting without
        any on one side is not compared.
    """
    pooled = [(pool(then), pool(now)) if len(then) and len(now) else None for then, now in settings]
    bound = bonferroni(FAMILY_WISE_LEVEL, sum(pair[0].values.size for pair in pooled if pair))
    return [phrase(*pair, bound) if pair else "" for pair in pooled]


def pool(tables: Side) -> Figures:
    """Return the mean of several cells' figures, with its Monte Carlo error."""
    chosen = [table[np.asarray(table["estimand"], dtype=bool)] for table in tables]
    names = [str(name) for name in chosen[0]["parameter"]]
    chosen = [table for table in chosen if table["parameter"].astype(str).tolist() == names]

    def stacked(*columns: str) -> Floats:
        return np.array(
            [[table[name].to_numpy(dtype=np.float64) for name in columns] for table in chosen]
        )

    errors = np.sqrt((stacked("mcse_mean", "mcse_sd") ** 2).sum(axis=0)) / len(chosen)
    return Figures(names, stacked("mean", "sd").mean(axis=0), errors)


def phrase(then: Figures, now: Figures, bound: float) -> str:
    """Return the largest change beyond `bound` in words, empty where there is none."""
    if then.names != now.names:
        return "other estimands than in the baseline"
    shift = apart(now, then, then.sd, bound).furthest()
    return words(shift, "moved") if shift.beyond else ""
