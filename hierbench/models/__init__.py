"""The forms, by the name that `parameterization` gives them; light to import, knows no sampler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hierbench.config.schema import LIKELIHOODS
from hierbench.errors import ConfigError
from hierbench.models.priors import hyperprior

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["FORMS", "Form", "Look", "Trait", "form_of", "hyperprior"]


class Trait(Flag):
    """What a form may be beside the others."""

    NONE = 0
    INTEGRATED = auto()
    """alpha and beta are no variables of the model: `with_effects` draws them."""

    WEIGHED = auto()
    """The values of its `pm.Data` hold the weights of `hierbench.models.centring`."""

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
    model : str
        Forms of one model share a posterior: varying_sigma, independent or correlated.
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
    model: str
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
        build: Callable[..., pm.Model] = import_module(f"{__name__}.{self.name}").build
        return build(*arguments)


def form_of(name: str) -> Form:
    """Return the form of that name.

    Raises
    ------
    ConfigError
        If there is none; the sentence lists those that there are.
    """
    if name not in FORMS:
        raise ConfigError(
            f"parameterization={name}: known are {', '.join(FORMS)}; choose one of them"
        )
    return FORMS[name]


INDEPENDENT, CORRELATED = "independent", "correlated"
OFFSETS = ("alpha_offset", "beta_offset")
PARTIAL = ("alpha_partial", "beta_partial")
RHO = ("rho_unit",)

FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form(
            "varying_sigma",
            "varying_sigma",
            ("sigma",),
            (),
            Trait.STAN | Trait.CONTROL,
            Look("#D55E00", "#c24f00", "#ff8a3d", "^"),
        ),
        Form(
            "centered",
            INDEPENDENT,
            (),
            (),
            Trait.STAN,
            Look("#0072B2", "#0072b2", "#58a9e8", "o"),
        ),
        Form(
            "noncentered",
            INDEPENDENT,
            OFFSETS,
            OFFSETS,
            Trait.STAN,
            Look("#E69F00", "#b87700", "#f0b23c", "s"),
        ),
        Form(
            "partially_centered",
            INDEPENDENT,
            PARTIAL,
            PARTIAL,
            Trait.WEIGHED,
            Look("#56B4E9", "#2d8fc9", "#8fd0f7", "v"),
        ),
        Form(
            "marginal",
            INDEPENDENT,
            (),
            (),
            Trait.INTEGRATED,
            Look("#CC79A7", "#b0578a", "#e3a3c8", "P"),
        ),
        Form(
            "correlated",
            CORRELATED,
            (),
            RHO,
            Trait.STAN,
            Look("#009E73", "#008460", "#35c79b", "D"),
        ),
        Form(
            "correlated_noncentered",
            CORRELATED,
            OFFSETS,
            (*RHO, *OFFSETS),
            Trait.NONE,
            Look("#F0E442", "#8f8400", "#f0e442", "X"),
        ),
        Form(
            "marginal_correlated",
            CORRELATED,
            (),
            RHO,
            Trait.INTEGRATED,
            Look("#5F6368", "#5f6368", "#a7adb8", "h"),
        ),
    )
}
"""The colours are Okabe and Ito's (2008), told apart by colour-blind readers, and a grey."""
