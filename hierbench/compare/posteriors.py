"""Whether a setting's posterior is the same in two sweeps, by tables of parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["PARAMETER_COLUMNS", "shifts_of"]

type Floats = NDArray[np.float64]
type Side = Sequence[pd.DataFrame]

PARAMETER_COLUMNS = ("parameter", "estimand", "mean", "sd", "mcse_mean", "mcse_sd")
"""What is needed of a cell's table of parameters."""

FAMILY_WISE_LEVEL = 0.005
"""Chance that any posterior of two sweeps is called changed though none is."""


@dataclass(frozen=True)
class Pooled:
    """Several cells of one setting taken together, each dims (parameter,)."""

    names: list[str]
    mean: Floats
    sd: Floats
    mcse_mean: Floats
    mcse_sd: Floats


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
    tests = sum(2 * len(pair[0].names) for pair in pooled if pair)
    bound = -float(ndtri(FAMILY_WISE_LEVEL / 2 / tests)) if tests else np.inf
    return [phrase(*pair, bound) if pair else "" for pair in pooled]


def pool(tables: Side) -> Pooled:
    """Return the mean of several cells' figures, with its Monte Carlo error."""
    chosen = [table[np.asarray(table["estimand"], dtype=bool)] for table in tables]
    names = [str(name) for name in chosen[0]["parameter"]]
    chosen = [table for table in chosen if table["parameter"].astype(str).tolist() == names]

    def stacked(name: str) -> Floats:
        return np.array([table[name].to_numpy(dtype=np.float64) for table in chosen])

    count = len(chosen)
    return Pooled(
        names=names,
        mean=stacked("mean").mean(axis=0),
        sd=stacked("sd").mean(axis=0),
        mcse_mean=np.sqrt((stacked("mcse_mean") ** 2).sum(axis=0)) / count,
        mcse_sd=np.sqrt((stacked("mcse_sd") ** 2).sum(axis=0)) / count,
    )


def phrase(then: Pooled, now: Pooled, bound: float) -> str:
    """Return the largest change beyond `bound` in words, empty where there is none."""
    if then.names != now.names:
        return "other estimands than in the baseline"
    differences = (now.mean - then.mean, now.sd - then.sd)
    errors = np.hypot(then.mcse_mean, now.mcse_mean), np.hypot(then.mcse_sd, now.mcse_sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.array(
            [np.where(d == 0, 0.0, d / e) for d, e in zip(differences, errors, strict=True)]
        )
    size = np.nan_to_num(np.abs(z), nan=0.0)
    if size.max() <= bound:
        return ""
    which, place = np.unravel_index(int(size.argmax()), size.shape)
    moved = differences[which][place] / then.sd[place]
    more = int((size > bound).any(axis=0).sum()) - 1
    others = f", and {more} more estimands" if more else ""
    what = ("mean", "sd")[which]
    return (
        f"the {what} of {then.names[place]} moved by {moved:+.2f} posterior sds "
        f"(z {z[which, place]:+.1f}){others}"
    )
