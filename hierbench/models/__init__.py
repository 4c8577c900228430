"""The forms, by the name that `parameterization` gives them; knows PyMC and no sampler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pymc as pm

from hierbench.models import centered, correlated, noncentered, varying_sigma
from hierbench.models.containers import coords_of, values_of
from hierbench.models.hyperpriors import hyperprior
from hierbench.records import Arrays, Dataset, Hyperprior

__all__ = ["FORMS", "Form", "build", "hyperprior", "values_of"]


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
        From `pm.Data` values, family of the hyperprior and coords to the PyMC model.
    """

    name: str
    model: str
    dims: Mapping[str, str]
    inner: tuple[str, ...]
    build: Callable[[Arrays, str, dict[str, Any]], pm.Model]


FORMS: dict[str, Form] = {
    name: Form(name, member.MODEL, member.DIMS, member.INNER, member.build)
    for name, member in {
        "varying_sigma": varying_sigma,
        "centered": centered,
        "noncentered": noncentered,
        "correlated": correlated,
    }.items()
}


def build(form: Form, dataset: Dataset, prior: Hyperprior) -> pm.Model:
    """Return the PyMC model of `form`, its `pm.Data` filled from `dataset` and `prior`."""
    return form.build(values_of(dataset, prior), prior.family, coords_of(dataset))
