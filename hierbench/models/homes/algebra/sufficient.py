"""What the likelihood needs of each group's rows: count, means, centred sums.

Raw sums would cancel: with prices in dollars the squares of y are 1e11 and what the model
explains is a small difference of their sums.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOMENTS", "Floats", "Sufficient", "sufficient"]

type Floats = NDArray[np.float64]

MOMENTS = ("rows", "x_mean", "y_mean", "x_squares", "slopes", "residual_squares")
"""What a log density needs of `Sufficient`, in the order in which models hold it."""


@dataclass(frozen=True)
class Sufficient:
    """Sufficient statistics of a regression of y on x within each group, each dims (group,).

    Attributes
    ----------
    rows : ndarray
        Of the group, as float64.
    x_mean, y_mean : ndarray
        0 in a group without rows.
    x_squares, products, y_squares : ndarray
        Sums of squares and products about the group's means.
    residual_squares : ndarray
        About the group's own least-squares line: ``y_squares - products**2 / x_squares``
        without its cancellation; `y_squares` where x does not vary.
    """

    rows: Floats
    x_mean: Floats
    y_mean: Floats
    x_squares: Floats
    products: Floats
    y_squares: Floats
    residual_squares: Floats

    @property
    def slopes(self) -> Floats:
        """Each group's own least-squares slope; 0 where x does not vary."""
        return _ratio(self.products, self.x_squares)


def sufficient(x: Floats, y: Floats, group: NDArray[np.int64], groups: int) -> Sufficient:
    """Return the statistics of `groups` groups; `x`, `y` and `group` have dims (obs,).

    The sums are taken about the means, and the means twice, as rounding in the first would
    enter the sums squared (Chan, Golub and LeVeque 1983, algorithm "two-pass").

    >>> of = sufficient(np.array([1.0, 3.0]), np.array([5.0, 9.0]), np.array([0, 0]), 1)
    >>> of.slopes, of.residual_squares
    (array([2.]), array([0.]))
    """
    rows = np.bincount(group, minlength=groups).astype(np.float64)

    def total(values: Floats) -> Floats:
        return np.bincount(group, weights=values, minlength=groups)

    def centred(values: Floats) -> tuple[Floats, Floats]:
        first = _ratio(total(values), rows)
        mean = first + _ratio(total(values - first[group]), rows)
        return mean, values - mean[group]

    x_mean, x = centred(x)
    y_mean, y = centred(y)
    x_squares, products = total(x * x), total(x * y)
    residuals = y - _ratio(products, x_squares)[group] * x
    return Sufficient(
        rows=rows,
        x_mean=x_mean,
        y_mean=y_mean,
        x_squares=x_squares,
        products=products,
        y_squares=total(y * y),
        residual_squares=total(residuals * residuals),
    )


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, 0 where the bottom is."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
