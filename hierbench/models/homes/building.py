"""A form's PyMC model, and the values of its `pm.Data`."""

from typing import Any

import pymc as pm

from hierbench.models.homes.centring import weights
from hierbench.models.homes.containers import blocks_in, coords_of, data_of, scales_in
from hierbench.models.homes.forms import Regression
from hierbench.models.homes.likelihood import LIKELIHOODS
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior

__all__ = ["build", "values_of"]


def values_of(
    form: Regression, dataset: Rows, prior: Hyperprior, likelihood: str
) -> dict[str, Any]:
    """Return the value of every `pm.Data` of a form's model: data, prior scales, weights."""
    if form.integrated:
        return {**blocks_in(dataset), **scales_in(prior)}
    weighed = weights(dataset) if form.weighed else {}
    return {**data_of(dataset, likelihood), **scales_in(prior), **weighed}


def build(form: Regression, dataset: Rows, prior: Hyperprior, likelihood: str) -> pm.Model:
    """Return the PyMC model of `form`, its `pm.Data` filled from `dataset` and `prior`."""
    values = values_of(form, dataset, prior, likelihood)
    coords = coords_of(dataset, likelihood)
    return form.build(values, prior.family, coords, LIKELIHOODS[likelihood])
