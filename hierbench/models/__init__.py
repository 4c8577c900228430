"""The forms, by the name that `parameterization` gives them; light to import, knows no sampler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hierbench.config.schema import LIKELIHOODS
from hierbench.models.priors import hyperprior

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["FORMS", "Form", "hyperprior"]


@dataclass(frozen=True)
class Member:
    """The `build` of a form's own module, which is imported with PyMC at the first call."""

    name: str

    def __call__(self, *arguments: Any) -> "pm.Model":
        """Return the PyMC model."""
        build: Callable[..., pm.Model] = import_module(f"{__name__}.{self.name}").build
        return build(*arguments)


@dataclass(frozen=True)
class Form:
    """One way to write a model.

    Attributes
    ----------
    name : str
        As in the configuration.
    model : str
        Forms of one model share a posterior: varying_sigma, independent or correlated.
    dims : mapping of str to str
        The dim of every variable that has one; the others are scalars.
    inner : tuple of str
        Variables that are diagnosed and then dropped.
    build : callable
        From `pm.Data` values, family of the hyperprior, coords and likelihood to the PyMC model.
    integrated : bool
        Whether alpha and beta are no variables of the model: `with_effects` draws them.
    weighed : bool
        Whether the values of its `pm.Data` hold the weights of `hierbench.models.centring`.
    """

    name: str
    model: str
    dims: Mapping[str, str]
    inner: tuple[str, ...]
    build: Callable[..., "pm.Model"]
    integrated: bool = False
    weighed: bool = False

    @property
    def likelihoods(self) -> tuple[str, ...]:
        """Those that it can be written with."""
        return ("sufficient",) if self.integrated else LIKELIHOODS


def form(
    name: str,
    model: str,
    *,
    inner: tuple[str, ...] = (),
    grouped: tuple[str, ...] = (),
    integrated: bool = False,
    weighed: bool = False,
) -> Form:
    """Return the form of the module `name`; `grouped` are its variables by group, less the effects.

    >>> form("noncentered", "independent", grouped=("alpha_offset", "beta_offset")).dims["beta"]
    'group'
    """
    dims = dict.fromkeys(("alpha", "beta", *grouped), "group")
    return Form(name, model, dims, inner, Member(name), integrated, weighed)


OFFSETS = ("alpha_offset", "beta_offset")
PARTIAL = ("alpha_partial", "beta_partial")

FORMS: dict[str, Form] = {
    one.name: one
    for one in (
        form("varying_sigma", "varying_sigma", grouped=("sigma",)),
        form("centered", "independent"),
        form("noncentered", "independent", inner=OFFSETS, grouped=OFFSETS),
        form("partially_centered", "independent", inner=PARTIAL, grouped=PARTIAL, weighed=True),
        form("marginal", "independent", integrated=True),
        form("correlated", "correlated", inner=("rho_unit",)),
        form(
            "correlated_noncentered",
            "correlated",
            inner=("rho_unit", *OFFSETS),
            grouped=OFFSETS,
        ),
        form("marginal_correlated", "correlated", inner=("rho_unit",), integrated=True),
    )
}
