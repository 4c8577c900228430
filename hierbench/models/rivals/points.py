"""The points at which two forms are compared: draws of a prior that are not extreme."""

import numpy as np

from hierbench.models.rivals.chart import Chart, flattened
from hierbench.models.rivals.forward import Drawn, Forward
from hierbench.models.rivals.setting import Built
from hierbench.records import Arrays, Hyperprior

__all__ = ["POINTS", "points_of"]

POINTS = 5
DRAWS = 100


def points_of(built: Built, forward: Forward, prior: Hyperprior) -> list[tuple[Arrays, Arrays]]:
    """Return points of a form and the estimands there, `POINTS` of them.

    They are draws of the prior from the half that lies nearest to its middle, since a draw in the
    tail of a half-Cauchy leaves no digits to compare; where the prior cannot be drawn from, the
    initial point is moved by up to one in each coordinate.
    """
    rng = built.setting.rng("points", built.name)
    if built.undrawable:
        return moved(built, prior, rng)
    drawn = forward.prior(prior, DRAWS, rng)
    order = np.argsort(extremeness(drawn), kind="stable")
    return [drawn.one(int(place)) for place in order[: DRAWS // 2 : DRAWS // 2 // POINTS]]


def extremeness(drawn: Drawn) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how far each draw lies from the middle, in quartile ranges, at its farthest block."""
    worst = []
    for of in (*drawn.points.values(), *drawn.estimands.values()):
        flat = np.asarray(of, dtype=np.float64).reshape(len(of), -1)
        low, middle, high = np.quantile(flat, (0.25, 0.5, 0.75), axis=0)
        far = np.abs(flat - middle) / np.where(high > low, high - low, 1.0)
        worst.append(far.mean(axis=1))
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.max(worst, axis=0)
    return np.where(np.isfinite(found), found, np.inf)


def moved(built: Built, prior: Hyperprior, rng: np.random.Generator) -> list[tuple[Arrays, Arrays]]:
    """Return points about the initial one."""
    built.at(prior)
    chart = Chart(built, built.estimands)
    found: list[tuple[Arrays, Arrays]] = []
    for _ in range(POINTS):
        point = flattened(chart.values, built.start) + rng.uniform(-1, 1, chart.size)
        flat = chart.split(chart.estimands(point))
        shaped = {name: of.reshape(built.start_estimands[name].shape) for name, of in flat.items()}
        parts = {
            name: of.reshape(np.shape(built.start[name]))
            for name, of in chart.parts_of(point).items()
        }
        found.append((parts, shaped))
    return found
