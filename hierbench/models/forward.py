"""The forward functions of a built model: draws of its prior, of its outcome, and its density."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pymc.pytensorf import reseed_rngs
from pytensor.tensor.random.variable import RandomGeneratorSharedVariable

from hierbench.records import Arrays

__all__ = ["Forward"]

type Floats = NDArray[np.float64]

QUICK = "FAST_COMPILE"
"""Functions that are called some hundred times are not worth a compiler."""


class Forward:
    """The forward functions of one built model, compiled when they are first called."""

    def __init__(self, model: pm.Model, estimands: tuple[str, ...], outcome: str) -> None:
        self.model, self.estimands, self.name = model, estimands, outcome
        self.done = pm.do(model, {name: np.asarray(model[name].eval()) for name in estimands})

    def set(self, values: Mapping[str, Any]) -> None:
        """Give both models these data."""
        for model in (self.model, self.done):
            for name, value in values.items():
                if name in model.named_vars:
                    model[name].set_value(value)

    @cached_property
    def _prior(self) -> Callable[[], list[Any]]:
        return compiled([self.model[name] for name in self.estimands])

    @cached_property
    def _outcome(self) -> Callable[[], list[Any]]:
        return compiled([self.done[self.name]])

    @cached_property
    def _density(self) -> Callable[[], list[Any]]:
        (density,) = self.done.logp(vars=[self.done[self.name]], sum=False)
        return compiled([density])

    def prior(self, draws: int, rng: np.random.Generator) -> Arrays:
        """Return draws of every estimand, each (draw, *dims)."""
        seed(self._prior, rng)
        rows = [self._prior() for _ in range(draws)]
        return {
            name: np.array([row[place] for row in rows])
            for place, name in enumerate(self.estimands)
        }

    def outcome(self, draws: Arrays, rng: np.random.Generator) -> Floats:
        """Return one replicate of the outcome for every draw, dims (draw, obs)."""
        seed(self._outcome, rng)
        return self._of_each(self._outcome, draws)

    def log_likelihood(self, draws: Arrays) -> Floats:
        """Return the log density of every observed value, dims (draw, obs)."""
        return self._of_each(self._density, draws)

    def _of_each(self, function: Callable[[], list[Any]], draws: Arrays) -> Floats:
        rows = []
        for place in range(len(draws[self.estimands[0]])):
            for name in self.estimands:
                self.done[name].set_value(np.asarray(draws[name][place], dtype=np.float64))
            rows.append(np.atleast_1d(function()[0]))
        return np.array(rows)


def compiled(outputs: list[Any]) -> Callable[[], list[Any]]:
    """Return a function of shared variables alone; its random numbers go on from call to call."""
    function: Callable[[], list[Any]] = pm.compile([], outputs, mode=QUICK)
    return function


def seed(function: Any, rng: np.random.Generator) -> None:
    """Let a function's random numbers be those of `rng`, which goes on."""
    shared = [
        variable
        for variable in function.get_shared()
        if isinstance(variable, RandomGeneratorSharedVariable)
    ]
    reseed_rngs(shared, int(rng.integers(2**63)))
