"""What is expected of every form is stated, and why where it is expected to fail."""

import pytest

from hierbench.errors import ConfigError
from hierbench.models import FORMS
from hierbench.validation.designs import DESIGNS, NOT_UNIFORM, UNIFORM, design


@pytest.mark.parametrize("name", DESIGNS)
def test_design_gives_a_reason_for_every_form_that_fails(name):
    failing = {form for form, verdict in DESIGNS[name].expected.items() if verdict == NOT_UNIFORM}
    assert failing == set(DESIGNS[name].reasons)


@pytest.mark.parametrize("name", DESIGNS)
def test_design_expects_one_of_two_verdicts_of_known_forms(name):
    assert set(DESIGNS[name].expected) <= set(FORMS)
    assert set(DESIGNS[name].expected.values()) <= {UNIFORM, NOT_UNIFORM}


def test_small_design_has_every_form():
    assert set(DESIGNS["small"].expected) == set(FORMS)


def test_design_lists_the_known_names():
    with pytest.raises(ConfigError, match=r"^--design large: known are small, funnel; choose"):
        design("large")
