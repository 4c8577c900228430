"""What a model can do beside being sampled; light to import."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays, Hyperprior, Reference

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

__all__ = ["Abilities", "Completion", "Densities", "Drawing", "Predictor"]

type Floats = NDArray[np.float64]


class Predictor(Protocol):
    """What a fit of a model predicts; every array of draws has dims (..., *dims of the variable).

    The one observed variable is `y` in the files, whatever it is called in the model.
    """

    def prior_draws(
        self,
        form: Any,
        prior: Hyperprior,
        dataset: Any,
        draws: int,
        rng: np.random.Generator,
    ) -> Arrays:
        """Return draws of every estimand from its prior, each (draw, *dims)."""
        ...

    def predict(self, draws: Arrays, dataset: Any, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return one replicate of the observed values per draw, dims (..., obs)."""
        ...

    def replicates(
        self, draws: Arrays, dataset: Any, rng: np.random.Generator
    ) -> Iterator[NDArray[np.float32]]:
        """Yield what `predict` returns, some draws at a time, each dims (draw, obs)."""
        ...

    def probability_below(self, draws: Arrays, dataset: Any) -> Floats:
        """Return the probability that a replicate is below each observed value, dims (obs,)."""
        ...

    def log_likelihood(self, draws: Arrays, dataset: Any) -> Floats:
        """Return log p(y_i | draw), dims (..., obs)."""
        ...

    def log_likelihood_of_rows(self, draws: Arrays, dataset: Any) -> Iterator[Floats]:
        """Yield the log likelihood of some rows at a time, each dims (obs, draw)."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """The estimands that predictions are made of."""
        ...


class Completion(Protocol):
    """Draws the estimands that a form integrates out."""

    def __call__(
        self,
        form: Any,
        posterior: Arrays,
        values: Arrays,
        dataset: Any,
        rng: np.random.Generator,
        *,
        cores: int,
    ) -> Arrays:
        """Return `posterior` with them, each (chain, draw, *dims)."""
        ...


class Densities(Protocol):
    """Log densities of whole draws, for the sensitivity to the prior and to the data."""

    def __call__(
        self, posterior: Arrays, dataset: Any, prior: Hyperprior
    ) -> tuple[Arrays, Floats, Floats]:
        """Return the scalars looked at, and log prior and log likelihood, dims (chain, draw)."""
        ...


class Drawing(Protocol):
    """Draws what a model alone can show of a fit."""

    def __call__(
        self, tree: "xr.DataTree", dataset: Any, folder: Path, groups: Sequence[str]
    ) -> list[Path]:
        """Write PNG files into `folder`; return their paths."""
        ...


@dataclass(frozen=True)
class Abilities:
    """What a model can do; None where it cannot, and then what needs it is left out.

    Attributes
    ----------
    values : callable
        From form, data, hyperprior and likelihood to the value of every `pm.Data`.
    build : callable
        From the same to the PyMC model, filled with those values.
    complete : callable or None
        Draws the estimands that a form integrates out.
    predictor : Predictor or None
        What is predicted.
    reference : callable or None
        From data, variant and hyperprior to what the posterior is known to be.
    stan : callable or None
        From form, data and hyperprior to the Stan program and its constants.
    densities : callable or None
        Log densities of whole draws.
    draw : callable or None
        Plots that only this model has.
    """

    values: Callable[[Any, Any, Hyperprior, str], dict[str, Any]]
    build: "Callable[[Any, Any, Hyperprior, str], pm.Model]"
    complete: Completion | None
    predictor: Predictor | None
    reference: Callable[[Any, str, Hyperprior], Reference | None] | None
    stan: Callable[[Any, Any, Hyperprior], tuple[str | None, dict[str, int]]] | None
    densities: Densities | None
    draw: Drawing | None
