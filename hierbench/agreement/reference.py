"""A setting's posterior against the shipped reference, estimand by estimand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.agreement.engine import Figures, Shift, apart
from hierbench.agreement.pooled import pool
from hierbench.agreement.settings import Rival
from hierbench.family import bonferroni
from hierbench.records import Arrays, Axes, Reference

__all__ = ["Distance", "Known", "distances"]

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """A reference posterior, and what its entries are called."""

    reference: Reference
    axes: Axes


@dataclass(frozen=True)
class Distance:
    """How far a setting is from the reference.

    Attributes
    ----------
    reference : str
        Its name.
    mean_error, sd_error : float
        The largest absolute error of a mean and of an sd, in the reference's posterior sds.
    shift : Shift
        Where the setting is furthest in standard errors, MCSE on both sides.
    """

    reference: str
    mean_error: float
    sd_error: float
    shift: Shift

    @property
    def differs(self) -> bool:
        """Whether some mean or sd lies beyond the bound."""
        return self.shift.beyond > 0


def distances(
    rivals: Mapping[int, Rival], known: Mapping[str, Known], level: float
) -> tuple[dict[int, Distance], float]:
    """Return the distance of every setting whose posterior is known, and the bound on absolute z.

    z = (estimate - reference) / sqrt(MCSE^2 + MCSE_reference^2), for the mean and the sd of every
    estimand, a setting's cells pooled; `level` is the chance that any of all these passes the
    bound though every setting is right (Bonferroni).
    """
    pooled = {
        place: pool(rival.tables) for place, rival in rivals.items() if rival.posterior in known
    }
    bound = bonferroni(level, sum(of.values.size for of in pooled.values()))
    return {
        place: distance(of, known[rivals[place].posterior], bound) for place, of in pooled.items()
    }, bound


def distance(of: Figures, known: Known, bound: float) -> Distance:
    """Return how far one setting is from its reference."""
    truth = figures_of(known, of.names)
    shift = apart(of, truth, truth.sd, bound).furthest()
    mean_error, sd_error = np.nanmax(np.abs(of.values - truth.values) / truth.sd, axis=1)
    return Distance(known.reference.name, float(mean_error), float(sd_error), shift)


def figures_of(known: Known, names: Sequence[str]) -> Figures:
    """Return the reference's figures in the order of `names`; NaN for what it does not have."""

    def column(values: Arrays) -> Floats:
        found = {
            entry: float(number)
            for name, value in values.items()
            for entry, number in zip(
                known.axes.names(name, value.shape), value.ravel(), strict=True
            )
        }
        return np.array([found.get(name, np.nan) for name in names])

    of = known.reference
    values, errors = ((of.mean, of.sd), (of.mcse_mean, of.mcse_sd))
    return Figures(names, np.array([*map(column, values)]), np.array([*map(column, errors)]))
