"""What a model says of itself; light to import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hierbench.config.schema import LIKELIHOODS

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["Form", "Look", "Trait"]


class Trait(Flag):
    """What a form may be beside the others."""

    NONE = 0
    INTEGRATED = auto()
    """alpha and beta are no variables of the model: `with_effects` draws them."""

    WEIGHED = auto()
    """The values of its `pm.Data` hold the weights of `hierbench.models.homes.centring`."""

    STAN = auto()
    """It has a Stan program, `stan/NAME.stan`."""

    CONTROL = auto()
    """It is deliberately bad: a gate that passes it sees nothing."""


@dataclass(frozen=True)
class Look:
    """How a form is drawn; colours as #rrggbb.

    Attributes
    ----------
    colour : str
        Of its runs in the MLflow UI, and of its drawings.
    light, dark : str
        The same in the report, with a contrast of 3 or more on white and on dark paper.
    marker : str
        Of matplotlib: nobody needs to see colours.
    """

    colour: str
    light: str
    dark: str
    marker: str


@dataclass(frozen=True)
class Form:
    """One way to write a model; no field has a default, so that none is forgotten.

    Attributes
    ----------
    name : str
        As in the configuration, and of its own module.
    variant : str
        Forms of one variant share a posterior: varying_sigma, independent or correlated.
    grouped : tuple of str
        Its variables by group, beside alpha and beta.
    inner : tuple of str
        Variables that are diagnosed and then dropped.
    traits : Trait
        What it is beside the others.
    look : Look
        How it is drawn.
    """

    name: str
    variant: str
    grouped: tuple[str, ...]
    inner: tuple[str, ...]
    traits: Trait
    look: Look

    @property
    def dims(self) -> Mapping[str, str]:
        """The dim of every variable that has one; the others are scalars."""
        return dict.fromkeys(("alpha", "beta", *self.grouped), "group")

    @property
    def integrated(self) -> bool:
        """Whether alpha and beta are no variables of the model."""
        return Trait.INTEGRATED in self.traits

    @property
    def likelihoods(self) -> tuple[str, ...]:
        """Those that it can be written with."""
        return ("sufficient",) if self.integrated else LIKELIHOODS

    def build(self, *arguments: Any) -> "pm.Model":
        """Return the PyMC model.

        `arguments` are the values of its `pm.Data`, the hyperprior's family, coords and
        likelihood. The form's module is imported, with PyMC, at the first call.
        """
        build: Callable[..., pm.Model] = import_module(f"hierbench.models.homes.{self.name}").build
        return build(*arguments)
