"""What every form keeps, whatever it samples inside."""

from importlib import import_module

import numpy as np
import pytest

from hierbench.config.schema import PriorConfig
from hierbench.models.homes import MODEL
from hierbench.models.homes.building import build, values_of
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.likelihood import LIKELIHOODS as BUILT
from hierbench.models.homes.predictive import prior_draws
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.rows import Rows

TABLE = Rows(
    "tiny", np.arange(6.0), np.arange(6.0), np.array([0, 0, 1, 1, 2, 2]), ("a", "b", "c"), "x", "y"
)
MODELS = ("varying_sigma", "independent", "correlated")


@pytest.fixture(scope="module", params=FORMS)
def form(request):
    return FORMS[request.param]


@pytest.fixture(scope="module")
def prior(form):
    return hyperprior(PriorConfig(), form.variant)


@pytest.fixture(scope="module")
def model(form, prior):
    return build(form, TABLE, prior, form.likelihoods[0])


def estimands(form):
    """Return the estimands that the design names for the form's model."""
    return {*MODEL.estimands} - ({"rho"} if form.variant != "correlated" else set())


def drawn_afterwards(form):
    """Return the estimands that are no variables of the form's model."""
    return {"alpha", "beta"} if form.integrated else set()


def test_form_has_its_key_as_name():
    assert all(FORMS[name].name == name for name in FORMS)


def test_form_model(form):
    assert form.variant in MODELS


def test_form_variables_are_all_estimands_that_are_not_drawn_afterwards(form, model):
    """And others, which are its own."""
    named = {variable.name for variable in (*model.free_RVs, *model.deterministics)}
    assert named & {*MODEL.estimands} == estimands(form) - drawn_afterwards(form)
    assert (set(form.dims) | named) >= estimands(form)


def test_form_is_integrated_where_estimands_are_drawn_afterwards(form, model):
    named = {variable.name for variable in (*model.free_RVs, *model.deterministics)}
    assert form.integrated == bool(estimands(form) - named)


def test_form_dims_are_the_models(form, model):
    named = [*model.free_RVs, *model.deterministics]
    dims = {
        v.name: model.named_vars_to_dims[v.name]
        for v in named
        if v.name in model.named_vars_to_dims
    }
    sampled = set(form.dims) - drawn_afterwards(form)
    assert dims == {name: form.dims[name] for name in sampled}


def test_form_values_fill_every_container(form, prior):
    for likelihood in form.likelihoods:
        model = build(form, TABLE, prior, likelihood)
        values = values_of(form, TABLE, prior, likelihood)
        assert {data.name for data in model.data_vars} == set(values)


def test_form_likelihoods(form):
    assert form.likelihoods == (("sufficient",) if form.integrated else tuple(BUILT))


def test_form_prior_draws_are_its_estimands(form, prior):
    draws = prior_draws(form, prior, TABLE, 2, np.random.default_rng(1))
    assert set(draws) == estimands(form)


def test_form_prior_draws_have_its_dims(form, prior):
    draws = prior_draws(form, prior, TABLE, 2, np.random.default_rng(1))
    with_group = {name for name, value in draws.items() if value.ndim == 2}
    assert with_group == set(form.dims) & estimands(form)


def test_form_is_built_by_its_own_module(form):
    assert import_module(f"hierbench.models.homes.{form.name}").__all__ == ["build"]
