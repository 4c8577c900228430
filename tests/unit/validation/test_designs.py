"""What is expected of every form is stated, and why where it is expected to fail."""

from dataclasses import replace

import pytest

from hierbench.errors import ConfigError
from hierbench.models.homes import MODEL
from hierbench.models.homes.designs import DESIGNS
from hierbench.models.homes.forms import FORMS
from hierbench.validation.designs import NOT_UNIFORM, UNIFORM, asked_model, design, expected


@pytest.mark.parametrize("name", DESIGNS)
def test_design_gives_a_reason_for_every_form_that_fails(name):
    of = DESIGNS[name]
    failing = {form for form in of.expected if expected(of, form) == NOT_UNIFORM}
    assert failing == set(of.reasons)


@pytest.mark.parametrize("name", DESIGNS)
def test_design_expects_one_of_two_verdicts_of_known_forms(name):
    of = DESIGNS[name]
    assert set(of.expected) <= set(FORMS)
    assert {expected(of, form) for form in of.expected} <= {UNIFORM, NOT_UNIFORM}


def test_small_design_has_every_form():
    assert set(DESIGNS["small"].expected) == set(FORMS)


def test_design_lists_the_known_names():
    with pytest.raises(
        ConfigError, match=r"^--design large: model=homes has small, funnel; choose"
    ):
        design(MODEL, "large")


def test_design_says_where_a_model_has_none():
    with pytest.raises(ConfigError, match=r"^--design small: model=homes has none; choose"):
        design(replace(MODEL, designs={}), "small")


@pytest.mark.parametrize(
    "overrides", [[], ["seed=3"], ["model=homes"], ["model=none", "model=homes"]]
)
def test_model_that_is_asked_for_is_the_last_one_named(overrides):
    assert asked_model(overrides) is MODEL


def test_model_that_is_unknown_is_refused():
    with pytest.raises(ConfigError, match=r"^model=none: known are homes.*; choose one of them"):
        asked_model(["model=none"])
