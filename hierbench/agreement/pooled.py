"""How far apart the posteriors of settings are, by their cells' tables of parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.family import bonferroni

__all__ = [
    "PARAMETER_COLUMNS",
    "Pooled",
    "Shift",
    "Side",
    "furthest",
    "pool",
    "shifts_of",
    "words",
]

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


@dataclass(frozen=True)
class Shift:
    """The mean or sd that is furthest from where it should be, in standard errors.

    Attributes
    ----------
    parameter, what : str
        Of which estimand, and its "mean" or "sd".
    z : float
        Difference over its standard error.
    in_sds : float
        Difference in posterior sds.
    beyond : int
        Estimands of which mean or sd lies beyond the bound; 0: nothing differs.
    """

    parameter: str
    what: str
    z: float
    in_sds: float
    beyond: int


def furthest(
    names: Sequence[str], differences: Floats, errors: Floats, sd: Floats, bound: float
) -> Shift:
    """Return the largest of the differences in standard errors; one that is not defined is none.

    Parameters
    ----------
    differences, errors : ndarray
        Dims (2, parameter): of the means and of the sds, and their standard errors.
    sd : ndarray
        Dims (parameter,): the posterior's.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(differences == 0, 0.0, differences / errors)
        in_sds = np.where(differences == 0, 0.0, differences / sd)
    size = np.nan_to_num(np.abs(z), nan=0.0)
    which, place = np.unravel_index(int(size.argmax()), size.shape)
    return Shift(
        parameter=names[int(place)],
        what=("mean", "sd")[which],
        z=float(z[which, place]),
        in_sds=float(in_sds[which, place]),
        beyond=int((size > bound).any(axis=0).sum()),
    )


def words(shift: Shift, verb: str) -> str:
    """Return a difference in words, such as ``the mean of sigma moved by +0.40 posterior sds``."""
    more = shift.beyond - 1
    others = f", and {more} more estimand{'s' * (more > 1)}" if more > 0 else ""
    return (
        f"the {shift.what} of {shift.parameter} {verb} by {shift.in_sds:+.2f} posterior sds "
        f"(z {shift.z:+.1f}){others}"
    )


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
    bound = bonferroni(FAMILY_WISE_LEVEL, sum(2 * len(pair[0].names) for pair in pooled if pair))
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
    shift = furthest(
        then.names,
        np.array([now.mean - then.mean, now.sd - then.sd]),
        np.hypot([then.mcse_mean, then.mcse_sd], [now.mcse_mean, now.mcse_sd]),
        then.sd,
        bound,
    )
    return words(shift, "moved") if shift.beyond else ""
