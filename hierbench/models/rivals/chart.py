"""The estimands of one form as a function of its unconstrained point, and their exact density.

A density over estimands e(u) is that of the unconstrained point u divided by the volume
sqrt(det J'J) that e spans, J = de/du (the area formula: Federer 1969, Geometric Measure Theory,
3.2.3). Where e has as many free numbers as u this is the usual |det J|; where more, as for effects
that sum to zero, the density is one over the surface on which they lie.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor import gradient
from pytensor.graph.replace import clone_replace

from hierbench.models.rivals.setting import Built, compiled

__all__ = ["Chart", "OutOfReachError", "flat_of", "flattened"]

type Floats = NDArray[np.float64]

LARGEST_STEP = 2.0
STEPS = 200
REACHED = 1e-9


class OutOfReachError(Exception):
    """No unconstrained point of a form gives these estimands."""


class Chart:
    """Some estimands of a form, and the free variables that they are made of.

    Parameters
    ----------
    built : Built
        The form.
    names : iterable of str
        The estimands.
    """

    def __init__(self, built: Built, names: Iterable[str]) -> None:
        self.built, self.names = built, tuple(names)
        model = built.model
        self.variables = built.free_ancestors(model[name] for name in self.names)
        self.values = [model.rvs_to_values[one] for one in self.variables]
        self.flat, self.parts = flat_of(self.values, built.start)
        self.size = sum(built.start[str(value.name)].size for value in self.values)

    @cached_property
    def closed(self) -> bool:
        """Whether the Potentials of the prior depend on its variables alone."""
        return all(
            set(self.built.free_ancestors([one])) <= set(self.variables)
            for one in self.built.prior_potentials
        )

    @cached_property
    def _estimands(self) -> Any:
        model = self.built.model
        found = model.replace_rvs_by_values([model[name] for name in self.names])
        join: Any = pt.concatenate
        whole = join([one.reshape((-1,)).astype("float64") for one in found])
        return clone_replace([whole], self.parts)[0]

    @cached_property
    def _map(self) -> Any:
        return compiled([self.flat], self._estimands)

    @cached_property
    def _jacobian(self) -> Any:
        derivative: Any = gradient.jacobian
        try:
            found = compiled([self.flat], derivative(self._estimands, self.flat, vectorize=True))
            found(self.start)
        except Exception:
            found = compiled([self.flat], derivative(self._estimands, self.flat))
        return found

    @cached_property
    def _density(self) -> Any:
        terms = [*self.variables, *self.built.prior_potentials]
        density = self.built.model.logp(vars=terms, sum=True)
        return compiled([self.flat], clone_replace([density], self.parts)[0])

    @cached_property
    def start(self) -> Floats:
        """The form's initial point."""
        return flattened(self.values, self.built.start)

    def estimands(self, point: Floats) -> Floats:
        """Return the estimands as one vector."""
        return np.asarray(self._map(point), dtype=np.float64)

    def jacobian(self, point: Floats) -> Floats:
        """Return the derivative of the estimands, dims (estimand, coordinate)."""
        return np.asarray(self._jacobian(point), dtype=np.float64)

    def log_prior(self, point: Floats) -> float:
        """Return the log prior density of the unconstrained point."""
        return float(self._density(point))

    def full_rank(self) -> bool:
        """Return whether the estimands tell the point, at the start moved a little."""
        return rank(self.jacobian(self.start + 0.1)) == self.size

    def log_density(self, point: Floats) -> float:
        """Return the log prior density over the estimands at a point."""
        lengths = np.linalg.svd(self.jacobian(point), compute_uv=False)
        return self.log_prior(point) - float(np.log(lengths[: self.size]).sum())

    def point(self, wanted: Floats, start: Floats) -> Floats:
        """Return the unconstrained point that gives `wanted`, by Gauss and Newton's method.

        Raises
        ------
        OutOfReachError
            There is none, or none was found.
        """
        scale = 1.0 + np.abs(wanted)
        point, found = start.copy(), self.estimands(start)
        for _ in range(STEPS):
            if not np.isfinite(found).all():
                break
            step, *_ = np.linalg.lstsq(
                self.jacobian(point) / scale[:, None], (wanted - found) / scale, rcond=None
            )
            length = np.abs(step).max(initial=0.0)
            point = point + step * min(1.0, LARGEST_STEP / max(length, LARGEST_STEP))
            found = self.estimands(point)
            if length < 1e-10 * (1.0 + np.abs(point).max(initial=0.0)):
                break
        if not np.isfinite(found).all() or (np.abs(found - wanted) / scale).max() > REACHED:
            raise OutOfReachError
        return point

    def guess(self, values: Mapping[str, Floats], wanted: Floats) -> Floats:
        """Return where to look for the point: coordinates of the same name and size, as given."""
        found, start = self.start.copy(), 0
        of = self.split(wanted)
        for variable, value in zip(self.variables, self.values, strict=True):
            size = self.built.start[str(value.name)].size
            given = values.get(str(value.name))
            if given is None and value.name == variable.name:
                given = of.get(str(variable.name))
            if given is not None and given.size == size:
                found[start : start + size] = given.ravel()
            start += size
        return found

    def split(self, wanted: Floats) -> dict[str, Floats]:
        """Return a vector of estimands by name, each flat."""
        found, start = {}, 0
        for name in self.names:
            size = self.built.start_estimands[name].size
            found[name] = wanted[start : start + size]
            start += size
        return found

    def parts_of(self, point: Floats) -> dict[str, Floats]:
        """Return a point by value variable."""
        found, start = {}, 0
        for value in self.values:
            size = self.built.start[str(value.name)].size
            found[str(value.name)] = point[start : start + size]
            start += size
        return found


def flat_of(values: Sequence[Any], start: Mapping[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """Return a vector, and the value variables as parts of it."""
    flat: Any = pt.dvector("flat")
    parts, place = {}, 0
    for value in values:
        of = np.asarray(start[str(value.name)])
        part = flat[place : place + of.size].reshape(of.shape)
        parts[value] = value.type.filter_variable(part.astype(value.dtype))
        place += of.size
    return flat, parts


def flattened(values: Sequence[Any], point: Mapping[str, Any]) -> Floats:
    """Return a point as one vector."""
    parts = [np.ravel(point[str(value.name)]) for value in values]
    return np.concatenate([np.empty(0), *parts])


def rank(jacobian: Floats) -> int:
    """Return the rank of a matrix whose rows may differ in size."""
    sizes = np.linalg.norm(jacobian, axis=1, keepdims=True)
    return int(np.linalg.matrix_rank(jacobian / np.where(sizes > 0, sizes, 1.0), tol=1e-9))
