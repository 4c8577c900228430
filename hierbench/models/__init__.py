"""The forms, by the name that `parameterization` gives them; knows PyMC and no sampler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pymc as pm

from hierbench.models import (
    centered,
    correlated,
    correlated_noncentered,
    marginal,
    marginal_correlated,
    noncentered,
    partially_centered,
    varying_sigma,
)
from hierbench.models.centring import weights
from hierbench.models.containers import blocks_in, coords_of, data_of, scales_in
from hierbench.models.hyperpriors import hyperprior
from hierbench.models.integrated import with_effects
from hierbench.models.likelihood import LIKELIHOODS, Likelihood
from hierbench.records import Arrays, Dataset, Hyperprior

__all__ = ["FORMS", "Form", "build", "hyperprior", "values_of", "with_effects"]

INTEGRATED = (marginal, marginal_correlated)


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
    """

    name: str
    model: str
    dims: Mapping[str, str]
    inner: tuple[str, ...]
    build: Callable[[Arrays, str, dict[str, Any], Likelihood], pm.Model]
    integrated: bool

    @property
    def likelihoods(self) -> tuple[str, ...]:
        """Those that it can be written with."""
        return ("sufficient",) if self.integrated else tuple(LIKELIHOODS)


FORMS: dict[str, Form] = {
    name: Form(name, member.MODEL, member.DIMS, member.INNER, member.build, member in INTEGRATED)
    for name, member in {
        "varying_sigma": varying_sigma,
        "centered": centered,
        "noncentered": noncentered,
        "partially_centered": partially_centered,
        "marginal": marginal,
        "correlated": correlated,
        "correlated_noncentered": correlated_noncentered,
        "marginal_correlated": marginal_correlated,
    }.items()
}


def values_of(form: Form, dataset: Dataset, prior: Hyperprior, likelihood: str) -> dict[str, Any]:
    """Return the value of every `pm.Data` of a form's model: data, prior scales, weights."""
    if form.integrated:
        return {**blocks_in(dataset), **scales_in(prior)}
    weighed = weights(dataset) if form.build is partially_centered.build else {}
    return {**data_of(dataset, likelihood), **scales_in(prior), **weighed}


def build(form: Form, dataset: Dataset, prior: Hyperprior, likelihood: str) -> pm.Model:
    """Return the PyMC model of `form`, its `pm.Data` filled from `dataset` and `prior`."""
    values = values_of(form, dataset, prior, likelihood)
    coords = coords_of(dataset, likelihood)
    return form.build(values, prior.family, coords, LIKELIHOODS[likelihood])
