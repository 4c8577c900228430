"""Pairs (alpha, beta) and symmetric 2x2 matrices over them, as arrays of any one shape.

Written out by entry: a call of numpy.linalg per group and draw would cost hundreds of times
more, and a singular matrix must not be inverted.
"""

from dataclasses import dataclass
from typing import NamedTuple

from hierbench.models.homes.algebra.sufficient import Floats

__all__ = ["Pair", "Symmetric"]


class Pair(NamedTuple):
    """A vector (alpha, beta)."""

    alpha: Floats
    beta: Floats


@dataclass(frozen=True)
class Symmetric:
    """A matrix ((alpha, cross), (cross, beta)).

    Attributes
    ----------
    det : ndarray
        The determinant, by whoever can tell it without the cancellation of
        ``alpha * beta - cross**2``.
    """

    alpha: Floats
    cross: Floats
    beta: Floats
    det: Floats

    def adjugate(self) -> "Symmetric":
        """Return the adjugate, which is `det` times the inverse and exists without one."""
        return Symmetric(self.beta, -self.cross, self.alpha, self.det)

    def inverse(self) -> "Symmetric":
        """Return the inverse; the determinant must not be 0."""
        return Symmetric(
            self.beta / self.det, -self.cross / self.det, self.alpha / self.det, 1.0 / self.det
        )

    def times(self, pair: Pair) -> Pair:
        """Return the product with a vector."""
        return Pair(
            self.alpha * pair.alpha + self.cross * pair.beta,
            self.cross * pair.alpha + self.beta * pair.beta,
        )

    def form(self, pair: Pair) -> Floats:
        """Return the quadratic form of a vector, exact to rounding where it is a variance."""
        square: Floats = (
            self.alpha * pair.alpha**2
            + 2.0 * self.cross * pair.alpha * pair.beta
            + self.beta * pair.beta**2
        )
        return square

    def trace_with(self, other: "Symmetric") -> Floats:
        """Return the trace of the product with another matrix."""
        trace: Floats = (
            self.alpha * other.alpha + 2.0 * self.cross * other.cross + self.beta * other.beta
        )
        return trace
