"""The log density of a form at its start, its gradient, and what prior scales change in it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hierbench.models.rivals.chart import flattened
from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.forward import Forward
from hierbench.models.rivals.given import TOLERANCE, Given
from hierbench.models.rivals.points import points_of
from hierbench.models.rivals.setting import Built

__all__ = ["scales_reach", "starting"]

type Floats = NDArray[np.float64]

DIRECTIONS = 8
STEP = 1e-3
AGREEMENT = 1e-5
OTHER = 1.7
"""A factor of one prior scale; at a draw of the prior nothing cancels it."""


def starting(built: Built, forward: Forward) -> Answer:
    """Return whether log density and gradient are usable where a sampler starts.

    Finite differences are central ones of fourth order, in random directions about a point beside
    the start, since a density may have a kink just there.
    """
    model = built.model
    function = forward.slope
    start = flattened(model.value_vars, built.start)
    value, slope = function(start)
    if not np.isfinite(value):
        return False, f"{built.name}: the log density at the initial point is {float(value)}"
    if not np.isfinite(slope).all():
        return False, f"{built.name}: the gradient at the initial point is not finite"
    rng = built.setting.rng("start", built.name)
    point = start + rng.uniform(-0.1, 0.1, start.shape)
    _, slope = function(point)
    for _ in range(DIRECTIONS):
        way = rng.normal(size=point.shape)
        way /= np.linalg.norm(way)
        near, far = (
            (
                float(function(point + k * STEP * way)[0])
                - float(function(point - k * STEP * way)[0])
            )
            / (2 * k * STEP)
            for k in (1, 2)
        )
        difference, by_gradient = (4 * near - far) / 3, float(slope @ way)
        allowed = AGREEMENT * (1.0 + np.linalg.norm(slope)) + 1e-9 * abs(float(value))
        if not abs(difference - by_gradient) <= allowed + 0.1 * abs(near - far):
            return False, (
                f"{built.name}: the gradient is {by_gradient:.6g} where finite differences give "
                f"{difference:.6g}"
            )
    return True, f"{built.name}: log density {float(value):.4g} at the start, gradient right"


def scales_reach(built: Built, forward: Forward, given: Given | None) -> Answer:
    """Return whether each prior scale changes the log density, and none the likelihood."""
    setting, model = built.setting, built.model
    prior = setting.prior()
    (parts, estimands), *_ = points_of(built, forward, prior)
    function = forward.slope
    point = flattened(model.value_vars, parts)
    looks_at = not built.form.integrated and given is not None and not given.left
    built.at(prior)
    base = float(function(point)[0])
    for name, scale in prior.scales.items():
        other = replace(prior, scales={**prior.scales, name: OTHER * scale})
        built.at(other)
        if float(function(point)[0]) == base:
            built.at(prior)
            return False, (
                f"{built.name}: the prior scale of {name} changes nothing: use scale[{name!r}]"
            )
        if looks_at and given is not None:
            given.at(prior)
            before = given(estimands)
            given.at(other)
            after = given(estimands)
            if not abs(after - before) <= TOLERANCE * (1.0 + abs(before)):
                return False, (
                    f"{built.name}: the prior scale of {name} changes the likelihood by "
                    f"{after - before:.3g}: use it in priors alone"
                )
    built.at(prior)
    count = len(prior.scales)
    return True, f"{built.name}: each of {count} prior scales changes the log density"
