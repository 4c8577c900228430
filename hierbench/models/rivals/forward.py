"""Forward draws of one form, and its log density with the gradient, each compiled once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymc.pytensorf import reseed_rngs
from pytensor.gradient import grad
from pytensor.graph.replace import clone_replace
from pytensor.tensor.random.variable import RandomGeneratorSharedVariable

from hierbench.models.rivals.chart import flat_of
from hierbench.models.rivals.finding import NotAskedError
from hierbench.models.rivals.outcome import outcome_names
from hierbench.models.rivals.setting import Built, compiled
from hierbench.records import Arrays, Hyperprior

__all__ = ["Drawn", "Forward"]

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Draws of one form's prior and of what it observes.

    Attributes
    ----------
    points : mapping of str to ndarray
        The unconstrained point, by value variable, each (draw, *dims).
    estimands : mapping of str to ndarray
        Each (draw, *dims).
    observed : mapping of str to ndarray
        By the name of the array of the data that it would replace, each (draw, *dims).
    """

    points: Arrays
    estimands: Arrays
    observed: Arrays

    def one(self, place: int) -> tuple[Arrays, Arrays]:
        """Return one draw of the point and of the estimands."""
        return (
            {name: of[place] for name, of in self.points.items()},
            {name: of[place] for name, of in self.estimands.items()},
        )

    def row(self, place: int) -> Arrays:
        """Return what one draw observes."""
        return {name: of[place] for name, of in self.observed.items()}


class Forward:
    """Draws from the prior of a form and the observed values that follow; its density as well.

    Parameters
    ----------
    built : Built
        The form; its prior must be one that can be drawn from.
    """

    def __init__(self, built: Built) -> None:
        self.built = built

    @cached_property
    def _unconstrained(self) -> list[Any]:
        model = self.built.model
        found = []
        for variable in model.free_RVs:
            transform = model.rvs_to_transforms[variable]
            moved = (
                variable
                if transform is None
                else transform.forward(variable, *variable.owner.inputs)
            )
            found.append(moved)
        return found

    @cached_property
    def sources(self) -> dict[str, str]:
        """The `pm.Data` that holds each observed variable's values; empty where one is no data."""
        model = self.built.model
        data = set(model.data_vars)
        found = {}
        for variable in model.observed_RVs:
            value = model.rvs_to_values[variable]
            while value not in data and value.owner is not None and len(value.owner.inputs) == 1:
                (value,) = value.owner.inputs
            if value not in data:
                return {}
            found[str(variable.name)] = str(value.name)
        return found

    @cached_property
    def slope(self) -> Any:
        """A function from the unconstrained point to its log density and the gradient."""
        flat, parts = flat_of(self.built.model.value_vars, self.built.start)
        (density,) = clone_replace([self.built.density], parts)
        return compiled([flat], [density, grad(density, flat)])

    @cached_property
    def _prior(self) -> Any:
        model = self.built.model
        names = self.built.estimands
        return compiled([], [*self._unconstrained, *(model[name] for name in names)])

    @cached_property
    def _joint(self) -> Any:
        model = self.built.model
        names = (*self.built.estimands, *self.sources)
        return compiled([], [*self._unconstrained, *(model[name] for name in names)])

    def prior(self, prior: Hyperprior, draws: int, rng: np.random.Generator) -> Drawn:
        """Return draws of the prior alone."""
        self.built.at(prior)
        return self._drawn(self._prior, (), draws, rng)

    def joint(self, prior: Hyperprior, draws: int, rng: np.random.Generator) -> Drawn:
        """Return draws of the prior and of what is observed.

        Raises
        ------
        NotAskedError
            Nothing says how to draw what is observed.
        """
        model, setting = self.built.model, self.built.setting
        self.built.at(prior)
        if self.sources and set(self.sources) == set(self.built.likelihood):
            return self._drawn(self._joint, tuple(self.sources), draws, rng)
        predictor = setting.abilities.predictor
        names = outcome_names(setting.dataset, model)
        if predictor is None or len(names) != 1 or model.observed_RVs:
            raise NotAskedError(
                f"{self.built.name} does not observe its data as an ordinary variable, so that "
                "they cannot be drawn: write the likelihood with observed=data[...]"
            )
        found = self._drawn(self._prior, (), draws, rng)
        replicates = predictor.predict(found.estimands, setting.dataset, rng)
        observed = np.asarray(replicates, dtype=np.float64)
        return Drawn(found.points, found.estimands, {names[0]: observed})

    def _drawn(
        self, function: Any, observed: tuple[str, ...], draws: int, rng: np.random.Generator
    ) -> Drawn:
        shared = [
            one for one in function.get_shared() if isinstance(one, RandomGeneratorSharedVariable)
        ]
        reseed_rngs(shared, int(rng.integers(2**63)))
        rows = [function() for _ in range(draws)]
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        model = self.built.model
        values = [str(model.rvs_to_values[one].name) for one in model.free_RVs]
        names = [*values, *self.built.estimands, *(self.sources[one] for one in observed)]
        first, second = len(values), len(values) + len(self.built.estimands)
        named = list(zip(names, columns, strict=True))
        return Drawn(dict(named[:first]), dict(named[first:second]), dict(named[second:]))
