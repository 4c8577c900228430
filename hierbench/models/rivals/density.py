"""Whether an integrated form's density of y is the whole form's, by Fisher's identity.

With v the variables that a form keeps, z those that it integrates out, and q its density of y,

    grad log p(y | v) = E[grad log p(z, y | v) | v, y]

(Fisher 1925; Louis 1982, "Finding the observed information matrix when using the EM algorithm",
section 3). So for (v, z, y) drawn forward from the whole form, with the gradient along v,

    d = grad log q(y | v) - grad log p(z, y | v)

has mean zero given v and y, and times any weight of v and y as well, if and only if q is right up
to a constant. It is Stein's identity for the posterior with z in it (Gorham and Mackey 2015,
"Measuring sample quality with Stein's method") without the derivative of the weight.
"""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.gradient import grad
from pytensor.graph.replace import clone_replace

from hierbench.models.rivals.chart import Chart, OutOfReachError, flat_of, flattened
from hierbench.models.rivals.completed import summaries
from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.forward import Drawn
from hierbench.models.rivals.outcome import with_outcome
from hierbench.models.rivals.setting import Built, compiled, give
from hierbench.models.rivals.statistics import LEVEL, means, scores, worst

__all__ = ["density_compared"]

type Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""Of gradients: what differs by less throughout does not differ."""

FEW = 10
"""Coordinates of which each is weighed by all others as well."""


def density_compared(whole: Built, part: Built, drawn: Drawn) -> Answer:
    """Return whether the gradients of the two densities of y agree in the mean."""
    both = Both(whole, part)
    lost = [str(one.name) for one in part.model.free_RVs if one not in both.kept.variables]
    if lost:
        return False, (
            f"{part.name}: {lost[0]} reaches y, and no estimand tells it: add it to ESTIMANDS"
        )
    count = len(next(iter(drawn.estimands.values())))
    try:
        rows = [both.at(drawn, place) for place in range(count)]
    except OutOfReachError:
        return False, (
            f"{part.name}: draws of {', '.join(part.estimands)} from {whole.name} are out of its "
            "reach: their priors have another support"
        )
    points, own, complete = (np.array(column) for column in zip(*rows, strict=True))
    fine = np.isfinite(own).all(axis=1) & np.isfinite(complete).all(axis=1)
    if fine.mean() < 0.99:
        return False, f"{part.name}: the gradient is not finite at {count - fine.sum()} draws"
    kept = Drawn(*({name: of[fine] for name, of in each.items()} for each in parts(drawn)))
    p_values = tested(both.owners, points[fine], own[fine], complete[fine], summaries(part, kept))
    name, p_value = worst(p_values)
    if p_value < LEVEL:
        return False, (
            f"{part.name}: the density of y changes along {name} otherwise than with "
            f"{', '.join(both.integrated)} integrated out of {whole.name}: p = {p_value:.1g} after "
            f"Holm, {count} data sets"
        )
    return True, f"{part.name}: the integrated density agrees over {count} data sets"


def parts(drawn: Drawn) -> tuple[Any, Any, Any]:
    """Return the three mappings of draws."""
    return drawn.points, drawn.estimands, drawn.observed


def tested(
    names: list[str], points: Floats, own: Floats, complete: Floats, beside: Floats
) -> dict[str, Floats]:
    """Return p values by coordinate that the gradients' difference has mean zero given the rest.

    The difference is divided by its size as v tells it, a regression of its logarithm: near a
    scale of zero gradients are large, and a mean would hang on a few draws.
    """
    difference = own - complete
    few = points.shape[1] <= FEW
    places, gradients = scores(points), scores(own)
    found: dict[str, list[Floats]] = {}
    for column, name in enumerate(names):
        which = slice(None) if few else slice(column, column + 1)
        size = np.abs(difference[:, column])
        both = np.abs(own[:, column]) + np.abs(complete[:, column])
        floor = ROUNDING * (both + np.median(both)) + 1e-300
        if (size <= floor).all():
            continue
        known = np.column_stack([np.ones(len(size)), points[:, which]])
        log_size = np.log(size + floor)
        fit, *_ = np.linalg.lstsq(known, log_size, rcond=None)
        scaled = difference[:, column] / np.exp(np.clip(known @ fit, -600, 600))
        weights = np.column_stack(
            [np.ones(len(size)), places[:, which], gradients[:, which], beside]
        )
        found.setdefault(name, []).append(means(scaled[:, None] * weights))
    return {name: np.concatenate(of) for name, of in found.items()} or {"all": np.ones(1)}


class Both:
    """The gradients of a whole form and of one that integrates, along what the latter keeps."""

    def __init__(self, whole: Built, part: Built) -> None:
        self.whole, self.part = whole, part
        names = part.estimands
        self.above, self.kept = Chart(whole, names), Chart(part, names)
        prior = whole.setting.prior()
        whole.at(prior)
        part.at(prior)

    @property
    def integrated(self) -> list[str]:
        """The estimands that the form integrates out."""
        return [name for name in self.whole.estimands if name not in self.part.estimands]

    @cached_property
    def owners(self) -> list[str]:
        """The variable of each coordinate."""
        found: list[str] = []
        for variable, value in zip(self.above.variables, self.above.values, strict=True):
            found += [str(variable.name)] * self.whole.start[str(value.name)].size
        return found

    @cached_property
    def _complete(self) -> Any:
        """The gradient of log p(z, y | v) along v."""
        model = self.whole.model
        others = [one for one in model.value_vars if one not in self.above.values]
        flat, parts = flat_of(self.above.values, self.whole.start)
        rest, more = flat_of(others, self.whole.start)
        given = [one for one in model.free_RVs if one not in self.above.variables]
        terms = model.logp(vars=[*given, *self.whole.terms], sum=True)
        (density,) = clone_replace([terms], {**parts, **more})
        slope = grad(density, flat, disconnected_inputs="ignore")
        self.others = others
        return compiled([flat, rest], slope)

    @cached_property
    def _own(self) -> Any:
        """The gradient of log q(y | v) along the form's own coordinates."""
        (density,) = clone_replace(
            [self.part.model.logp(vars=self.part.terms, sum=True)], self.kept.parts
        )
        return compiled([self.kept.flat], grad(density, self.kept.flat))

    @cached_property
    def same(self) -> bool:
        """Whether both forms have the same coordinates, so that points go over as they are."""
        names = [[str(one.name) for one in chart.values] for chart in (self.above, self.kept)]
        if names[0] != names[1] or self.above.size != self.kept.size:
            return False
        point = self.above.start + 0.1
        return np.allclose(self.above.estimands(point), self.kept.estimands(point), rtol=1e-12)

    def at(self, drawn: Drawn, place: int) -> tuple[Floats, Floats, Floats]:
        """Return the kept point of one draw, and both gradients there."""
        parts, _ = drawn.one(place)
        setting = self.whole.setting
        dataset = with_outcome(setting.dataset, drawn.row(place))
        for built in (self.whole, self.part):
            values = setting.values(built.form, setting.prior(), dataset)
            give(built.model, {name: values[name] for name in built.outcome})
        function = self._complete
        point = flattened(self.above.values, parts)
        complete = np.asarray(function(point, flattened(self.others, parts)))
        if self.same:
            return point, np.asarray(self._own(point)), complete
        wanted = self.above.estimands(point)
        there = self.kept.point(wanted, self.kept.guess(parts, wanted))
        turn, *_ = np.linalg.lstsq(
            self.kept.jacobian(there), self.above.jacobian(point), rcond=None
        )
        return point, turn.T @ np.asarray(self._own(there)), complete
