"""The likelihood of one form given the estimands: equal in all forms but for a constant."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.traversal import ancestors

from hierbench.models.rivals.finding import Answer, NotAskedError
from hierbench.models.rivals.setting import Built, compiled, give
from hierbench.records import Arrays, Hyperprior

__all__ = ["TOLERANCE", "Given", "compared"]

TOLERANCE = 1e-7
"""Of a difference of log densities, relative to them: sums of a million terms round by less."""


class Given:
    """log p(y | estimands) of a form that has them all.

    Parameters
    ----------
    built : Built
        The form.
    """

    def __init__(self, built: Built) -> None:
        self.built = built

    @cached_property
    def done(self) -> Any:
        """The form with its estimands set."""
        return pm.do(self.built.model, self.built.start_estimands)

    @cached_property
    def _graph(self) -> Any:
        terms = [self.done[name] for name in self.built.likelihood]
        if not terms:
            raise NotAskedError(f"{self.built.name} observes nothing")
        return self.done.logp(vars=terms, sum=True)

    @cached_property
    def left(self) -> tuple[str, ...]:
        """The free variables that the likelihood depends on beside the estimands."""
        above = set(ancestors([self._graph]))
        return tuple(
            str(one.name) for one in self.done.free_RVs if self.done.rvs_to_values[one] in above
        )

    @cached_property
    def _density(self) -> Any:
        return compiled([], self._graph)

    def at(self, prior: Hyperprior) -> None:
        """Give it these prior scales."""
        give(self.done, self.built.setting.values(self.built.form, prior))

    def __call__(self, estimands: Arrays) -> float:
        """Return the log density of the data at these estimands."""
        for name in self.built.estimands:
            shared = self.done[name]
            shared.set_value(np.asarray(estimands[name], dtype=shared.type.dtype))
        return float(self._density())


def compared(first: Given, second: Given, at: Sequence[tuple[Hyperprior, Arrays]]) -> Answer:
    """Return whether two likelihoods differ by a constant alone at these scales and estimands."""
    form = second.built.name
    for one in (second, first):
        if one.left:
            name = one.left[0]
            return False, (
                f"{one.built.name}: {name} reaches y when the estimands are known: add it to "
                "ESTIMANDS"
            )
    pairs = []
    for prior, estimands in at:
        first.at(prior)
        second.at(prior)
        pairs.append((first(estimands), second(estimands)))
    values = np.array(pairs)
    kept = np.isfinite(values)
    for (_, estimands), (one, other) in zip(at, kept.tolist(), strict=True):
        if one != other:
            which = first.built.name if one else form
            return False, (
                f"{form}: log p(y | estimands) is finite in {which} alone at {shown(estimands)}"
            )
    if kept.all(axis=1).sum() < 2:
        raise NotAskedError(
            f"{form}: log p(y | estimands) is not finite at draws from the prior, so that nothing "
            "can be compared: give the priors smaller scales"
        )
    finite = values[kept.all(axis=1)]
    difference, size = finite[:, 1] - finite[:, 0], np.abs(finite).sum(axis=1)
    gap, allowed = np.ptp(difference), TOLERANCE * (1.0 + size.max())
    if gap <= allowed:
        return True, f"{form}: log p(y | estimands) is that of {first.built.name} to {gap:.1g}"
    changed = culprits(
        first, second, [one for one, fine in zip(at, kept.all(axis=1), strict=True) if fine]
    )
    return False, (
        f"{form}: log p(y | estimands) differs from that of {first.built.name} by up to "
        f"{gap:.3g} between points; it changes with {', '.join(changed)}"
    )


def culprits(
    first: Given, second: Given, at: Sequence[tuple[Hyperprior, Arrays]]
) -> tuple[str, ...]:
    """Return the estimands that change the difference of two likelihoods when they move alone."""
    (prior, base), (_, other) = at[0], at[1]
    first.at(prior)
    second.at(prior)

    def gap(estimands: Arrays) -> tuple[float, float]:
        one, two = first(estimands), second(estimands)
        return two - one, abs(one) + abs(two)

    from_here, size = gap(base)
    found = []
    for name in first.built.estimands:
        there, larger = gap({**base, name: other[name]})
        if not abs(there - from_here) <= TOLERANCE * (1.0 + size + larger):
            found.append(name)
    return tuple(found) or ("all of them together",)


def shown(estimands: Arrays) -> str:
    """Return the scalars among some estimands in a few words."""
    scalars = {name: float(of) for name, of in estimands.items() if np.ndim(of) == 0}
    return ", ".join(f"{name} = {value:.3g}" for name, value in list(scalars.items())[:4])
