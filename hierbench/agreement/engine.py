"""Means and sds held against others in standard errors: the one way of saying that they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.ratios import ratio

__all__ = ["Apart", "Figures", "Shift", "apart", "in_errors", "words"]

type Floats = NDArray[np.float64]

WHAT = ("mean", "sd")


@dataclass(frozen=True)
class Figures:
    """What is known of a posterior's estimands.

    Attributes
    ----------
    names : sequence of str
        Dims (parameter,).
    values, errors : ndarray
        Dims (2, parameter): mean and sd, and their Monte Carlo standard errors.
    """

    names: Sequence[str]
    values: Floats
    errors: Floats

    @property
    def sd(self) -> Floats:
        """The posterior sd, dims (parameter,)."""
        return np.asarray(self.values[1])


@dataclass(frozen=True)
class Shift:
    """The mean or sd that is furthest from where it should be.

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


@dataclass(frozen=True)
class Apart:
    """How far means and sds are from others.

    Attributes
    ----------
    names : sequence of str
        Dims (parameter,).
    z, in_sds : ndarray
        Dims (2, parameter): differences of the means and of the sds, over their standard errors
        and in posterior sds; NaN where that is not defined.
    bound : float
        A larger absolute z is a difference.
    """

    names: Sequence[str]
    z: Floats
    in_sds: Floats
    bound: float

    @property
    def differs(self) -> bool:
        """Whether some mean or sd lies beyond the bound."""
        return bool(np.any(np.abs(self.z) > self.bound))

    @property
    def undefined(self) -> list[str]:
        """Names of the parameters that could not be compared."""
        unknown = np.isnan(self.z).any(axis=0)
        return [name for name, nan in zip(self.names, unknown, strict=True) if nan]

    def worst(self, count: int) -> list[tuple[str, float, float]]:
        """Return name, z of the mean and z of the sd of the `count` parameters furthest apart."""
        size = np.nan_to_num(np.abs(self.z).max(axis=0), nan=-np.inf)
        order = np.argsort(-size, kind="stable")[:count]
        return [(self.names[i], float(self.z[0, i]), float(self.z[1, i])) for i in order]

    def furthest(self) -> Shift:
        """Return the largest difference in standard errors; one that is not defined is none."""
        size = np.nan_to_num(np.abs(self.z), nan=0.0)
        which, place = np.unravel_index(int(size.argmax()), size.shape)
        return Shift(
            parameter=self.names[int(place)],
            what=WHAT[which],
            z=float(self.z[which, place]),
            in_sds=float(self.in_sds[which, place]),
            beyond=int((size > self.bound).any(axis=0).sum()),
        )


def in_errors(
    names: Sequence[str], differences: Floats, errors: Floats, sd: Floats, bound: float
) -> Apart:
    """Return differences in their standard errors, z = difference / error.

    Parameters
    ----------
    differences, errors : ndarray
        Dims (2, parameter): of the means and of the sds, and their standard errors.
    sd : ndarray
        Dims (parameter,): the posterior's.
    bound : float
        A larger absolute z is a difference.
    """
    return Apart(names, ratio(differences, errors), ratio(differences, sd), bound)


def apart(first: Figures, second: Figures, sd: Floats, bound: float) -> Apart:
    """Return how far `first` is from `second`: z = difference / sqrt(MCSE1^2 + MCSE2^2)."""
    errors = np.hypot(first.errors, second.errors)
    return in_errors(first.names, first.values - second.values, errors, sd, bound)


def words(shift: Shift, verb: str) -> str:
    """Return a difference in words, such as ``the mean of tau moved by +0.40 posterior sds``."""
    more = shift.beyond - 1
    others = f", and {more} more estimand{'s' * (more > 1)}" if more > 0 else ""
    return (
        f"the {shift.what} of {shift.parameter} {verb} by {shift.in_sds:+.2f} posterior sds "
        f"(z {shift.z:+.1f}){others}"
    )
