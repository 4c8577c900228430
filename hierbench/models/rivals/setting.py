"""What the checks of one variant have in common, and one form of it as a PyMC model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.traversal import ancestors

from hierbench.config.schema import PriorConfig
from hierbench.models.able import Abilities
from hierbench.models.contract import Form, Model
from hierbench.models.rivals.outcome import outcome_names, shifted
from hierbench.records import Arrays, Hyperprior

__all__ = ["SCALES", "Built", "Setting", "compiled", "give"]

type Floats = NDArray[np.float64]

SCALES = (1.0, 2.0)
"""The prior scales at which forms are compared."""

QUICK = "FAST_COMPILE"
"""Functions that are called some thousand times are not worth a compiler."""


def compiled(inputs: Sequence[Any], outputs: Any) -> Any:
    """Return a function that Python evaluates; its random numbers go on from call to call."""
    return pm.compile(
        list(inputs), outputs, mode=QUICK, random_seed=False, on_unused_input="ignore"
    )


def give(model: Any, values: Arrays) -> None:
    """Set the `pm.Data` of a model that have these names."""
    for name, value in values.items():
        if name in model.named_vars:
            model[name].set_value(value)


@dataclass(frozen=True, eq=False)
class Setting:
    """One variant of a model on one data set.

    Attributes
    ----------
    model : Model
        The record of the model.
    abilities : Abilities
        What it can do.
    dataset : Dataset
        What the forms are built on.
    variant : str
        Whose forms are compared.
    draws : int
        Draws of a check that needs draws.
    seed : int
        Of all random draws.
    """

    model: Model
    abilities: Abilities
    dataset: Any
    variant: str
    draws: int
    seed: int

    def prior(self, scale: float = 1.0) -> Hyperprior:
        """Return the model's own prior scales times `scale`."""
        config = PriorConfig(name=self.model.priors[0], scale=scale)
        return self.model.hyperprior(config, self.variant)

    def values(self, form: Form, prior: Hyperprior, dataset: Any = None) -> Arrays:
        """Return the value of every `pm.Data` of a form."""
        data = self.dataset if dataset is None else dataset
        found: Arrays = self.abilities.values(form, data, prior, form.likelihoods[0])
        return found

    def build(self, form: Form, prior: Hyperprior, dataset: Any = None) -> Any:
        """Return the PyMC model of a form."""
        data = self.dataset if dataset is None else dataset
        return self.abilities.build(form, data, prior, form.likelihoods[0])

    def rng(self, *of: str) -> np.random.Generator:
        """Return the random numbers of one purpose."""
        digest = sha256("\n".join(of).encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest)])


class Built:
    """One form as a PyMC model, and what its graph tells of it.

    Parameters
    ----------
    setting : Setting
        What it shares with the other forms.
    form : Form
        The record of the form.
    model : pm.Model
        It, built with prior scale 1.
    """

    def __init__(self, setting: Setting, form: Form, model: Any) -> None:
        self.setting, self.form, self.model = setting, form, model

    @property
    def name(self) -> str:
        """The form's."""
        return self.form.name

    def at(self, prior: Hyperprior, dataset: Any = None) -> None:
        """Give the model these prior scales and data."""
        give(self.model, self.setting.values(self.form, prior, dataset))

    @cached_property
    def start(self) -> Arrays:
        """The initial point, by value variable."""
        found: Arrays = self.model.initial_point(0)
        return found

    @cached_property
    def estimands(self) -> tuple[str, ...]:
        """The estimands that are variables of it, in the order of the blocks."""
        return tuple(name for name in self.setting.model.estimands if name in self.model.named_vars)

    @cached_property
    def density(self) -> Any:
        """The graph of the log density of the unconstrained point."""
        return self.model.logp()

    @cached_property
    def start_estimands(self) -> Arrays:
        """The estimands at the initial point; their shapes are those of all points."""
        model = self.model
        graphs = model.replace_rvs_by_values([model[name] for name in self.estimands])
        function = compiled(model.value_vars, graphs)
        found = function(*(self.start[str(one.name)] for one in model.value_vars))
        return dict(zip(self.estimands, map(np.asarray, found), strict=True))

    @cached_property
    def outcome(self) -> tuple[str, ...]:
        """The names of the `pm.Data` that change when the observed values do."""
        names = outcome_names(self.setting.dataset, self.model)
        prior = self.setting.prior()
        before = self.setting.values(self.form, prior)
        after = self.setting.values(self.form, prior, shifted(self.setting.dataset, names))
        return tuple(name for name in before if not np.array_equal(before[name], after[name]))

    @cached_property
    def likelihood(self) -> tuple[str, ...]:
        """The names of the observed variables, and of the Potentials that depend on their data.

        Where nothing is observed and no Potential depends on data that are known to be observed,
        all Potentials are taken for the likelihood.
        """
        observed = tuple(str(one.name) for one in self.model.observed_RVs)
        data = {self.model[name] for name in self.outcome if name in self.model.named_vars}
        every = self.model.potentials
        found = tuple(str(one.name) for one in every if data & set(ancestors([one])))
        return observed + found or tuple(str(one.name) for one in every)

    @cached_property
    def prior_potentials(self) -> tuple[Any, ...]:
        """The Potentials that are part of the prior."""
        return tuple(one for one in self.model.potentials if one.name not in self.likelihood)

    @property
    def terms(self) -> list[Any]:
        """The variables and Potentials of the likelihood."""
        return [self.model[name] for name in self.likelihood]

    def free_ancestors(self, of: Iterable[Any]) -> list[Any]:
        """Return the free variables that some variables are computed from or drawn given."""
        above = set(ancestors(list(of)))
        return [one for one in self.model.free_RVs if one in above]

    @cached_property
    def undrawable(self) -> str:
        """Why its prior cannot be drawn from; empty where it can."""
        for one in self.model.free_RVs:
            if type(one.owner.op).__name__ in ("FlatRV", "HalfFlatRV"):
                return f"{one.name} has a flat prior, from which nothing can be drawn"
        if self.prior_potentials:
            names = ", ".join(str(one.name) for one in self.prior_potentials)
            return f"the Potential {names} is part of its prior, and draws would leave it out"
        return ""
