"""Where the scales are proposed: a mixture fitted to the target in rounds of pilots."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hierbench.errors import SamplingError
from hierbench.models.homes.algebra.sufficient import Floats
from tests.benchmarks.references.importance import effective_size, normalised
from tests.benchmarks.references.mixture import Mixture
from tests.benchmarks.references.near_zero import Guarded, guarded
from tests.benchmarks.references.target import Target

__all__ = ["fitted", "log_densities"]

COMPONENTS = 4
ROUNDS, PILOTS = 10, 10_000
LEAST_SIZE = 0.3 * PILOTS
STEP = 1e-2
WIDER = 2.0  # the mode's curvature tells nothing of the tails: the first round looks further


def fitted(target: Target, rng: np.random.Generator) -> Guarded:
    """Return a proposal near the target, after `ROUNDS` of pilots.

    Raises
    ------
    SamplingError
        No mixture was found, or the last pilots' effective size is under `LEAST_SIZE`.
    """
    try:
        proposal, points, weights = after_pilots(target, rng)
    except np.linalg.LinAlgError as err:
        raise SamplingError(
            f"reference posterior: no mixture of t fits the scales ({err}); priors far from the "
            "data can do that: look at prior.scale and data.y_scale"
        ) from err
    size = effective_size(weights)
    if size < LEAST_SIZE:
        raise SamplingError(
            f"reference posterior: {size:.0f} effective draws of {PILOTS} pilots, and "
            f"{LEAST_SIZE:.0f} are needed; this posterior is too far from a mixture of t for it"
        )
    return guarded(proposal, points, weights)


def after_pilots(target: Target, rng: np.random.Generator) -> tuple[Mixture, Floats, Floats]:
    """Return the fitted mixture, and the last pilots with their weights.

    The first pilots, about the mode, choose where the components begin.
    """
    proposal = at_the_mode(target)
    for turn in range(ROUNDS):
        points = proposal.draw(rng, PILOTS)
        weights = normalised(log_densities(target, points) - proposal.log_density(points))
        if turn == 0:
            chosen = points[rng.choice(PILOTS, size=COMPONENTS, p=weights)]
            proposal = Mixture(
                np.full(COMPONENTS, 1.0 / COMPONENTS),
                chosen,
                np.repeat(proposal.factors, COMPONENTS, axis=0) / WIDER,
            )
        proposal = proposal.improved(points, weights)
    return proposal, points, weights


def at_the_mode(target: Target) -> Mixture:
    """Return one t at the target's mode, `WIDER` than its curvature there."""
    groups, start = target.groups, np.zeros(target.dimensions)
    between = (groups.rows * (groups.y_mean - groups.y_mean.mean()) ** 2).sum()
    start[:3] = 0.5 * np.log((groups.y_squares.sum() + between) / groups.rows.sum())

    def depth(point: Floats) -> float:
        return -float(target.evaluate(point[None])[0][0])

    found = minimize(depth, start, method="Nelder-Mead", tol=1e-6, options={"maxiter": 10_000})
    scale = np.linalg.inv(curvature(target, found.x))
    return Mixture(np.ones(1), found.x[None], WIDER * np.linalg.cholesky(scale)[None])


def curvature(target: Target, point: Floats) -> NDArray[np.float64]:
    """Return minus the target's second derivatives at `point`, by central differences."""
    steps = STEP * np.eye(len(point))
    corners = [
        point + sign * first + other * second
        for first in steps
        for second in steps
        for sign, other in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    ]
    values = target.evaluate(np.array(corners))[0].reshape(len(point), len(point), 4)
    return np.asarray(-(values @ np.array([1.0, -1.0, -1.0, 1.0])) / (4.0 * STEP**2))


def log_densities(target: Target, points: Floats, at_once: int = 1000) -> Floats:
    """Return the target's log densities, dims (draw,), `at_once` points in memory."""
    starts = range(0, len(points), at_once)
    return np.concatenate([target.evaluate(points[s : s + at_once])[0] for s in starts])
