"""The forms of the regression, by the name that `parameterization` gives them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hierbench.config.schema import LIKELIHOODS
from hierbench.models.contract import Form, Look, Trait
from hierbench.models.looks import COMMON

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["FORMS", "Regression"]


@dataclass(frozen=True)
class Regression(Form):
    """A form of the regression.

    Attributes
    ----------
    weighed : bool
        Whether the values of its `pm.Data` hold the weights of `hierbench.models.homes.centring`.
    """

    weighed: bool

    def build(self, *arguments: Any) -> "pm.Model":
        """Return the PyMC model.

        `arguments` are the values of its `pm.Data`, the hyperprior's family, coords and
        likelihood. The form's module is imported, with PyMC, at the first call.
        """
        build: Callable[..., pm.Model] = import_module(f"{__package__}.{self.name}").build
        return build(*arguments)


def by_group(*beside: str) -> dict[str, tuple[str, ...]]:
    """Return the dims of the effects, and of what else a form has for every group."""
    return dict.fromkeys(("alpha", "beta", *beside), ("group",))


INDEPENDENT, CORRELATED = "independent", "correlated"
OFFSETS = by_group("alpha_offset", "beta_offset")
PARTIAL = by_group("alpha_partial", "beta_partial")
SUFFICIENT = ("sufficient",)

FORMS: Mapping[str, Regression] = {
    form.name: form
    for form in (
        Regression(
            "varying_sigma",
            "varying_sigma",
            by_group("sigma"),
            LIKELIHOODS,
            Trait.STAN | Trait.CONTROL,
            Look("#D55E00", "#c24f00", "#ff8a3d", "^"),
            weighed=False,
        ),
        Regression(
            "centered",
            INDEPENDENT,
            by_group(),
            LIKELIHOODS,
            Trait.STAN,
            COMMON["centered"],
            weighed=False,
        ),
        Regression(
            "noncentered",
            INDEPENDENT,
            OFFSETS,
            LIKELIHOODS,
            Trait.STAN,
            COMMON["noncentered"],
            weighed=False,
        ),
        Regression(
            "partially_centered",
            INDEPENDENT,
            PARTIAL,
            LIKELIHOODS,
            Trait.NONE,
            Look("#56B4E9", "#2d8fc9", "#8fd0f7", "v"),
            weighed=True,
        ),
        Regression(
            "marginal",
            INDEPENDENT,
            by_group(),
            SUFFICIENT,
            Trait.INTEGRATED,
            COMMON["marginal"],
            weighed=False,
        ),
        Regression(
            "correlated",
            CORRELATED,
            by_group(),
            LIKELIHOODS,
            Trait.STAN,
            Look("#009E73", "#008460", "#35c79b", "D"),
            weighed=False,
        ),
        Regression(
            "correlated_noncentered",
            CORRELATED,
            OFFSETS,
            LIKELIHOODS,
            Trait.NONE,
            Look("#F0E442", "#8f8400", "#f0e442", "X"),
            weighed=False,
        ),
        Regression(
            "marginal_correlated",
            CORRELATED,
            by_group(),
            SUFFICIENT,
            Trait.INTEGRATED,
            Look("#5F6368", "#5f6368", "#a7adb8", "h"),
            weighed=False,
        ),
    )
}
"""The colours are Okabe and Ito's (2008), told apart by colour-blind readers, and a grey."""
