"""Bounds and p values of a family, against closed forms and SciPy's own distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from hierbench.family import bonferroni, holm, quantile

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(np.array)


def test_holm_equals_the_worked_example():
    """Of 0.01, 0.04, 0.03 and 0.005 at 5 %, the first and the last fall (Holm's bounds)."""
    found = holm(np.array([0.01, 0.04, 0.03, 0.005])) <= 0.05
    assert found.tolist() == [True, False, False, True]


def test_holm_multiplies_by_those_that_are_left():
    assert holm(np.array([0.001, 0.02, 0.9])) == pytest.approx([0.003, 0.04, 0.9])


@given(P_VALUES)
def test_holm_finds_what_bonferroni_finds_and_never_more_than_each_test_alone(p_values):
    found = holm(p_values) <= 0.05
    assert np.all(found <= (p_values <= 0.05))
    assert np.all(found >= (p_values <= 0.05 / len(p_values) * (1 - 1e-12)))


@given(P_VALUES)
def test_holm_keeps_the_order(p_values):
    assert np.all(np.diff(holm(p_values)[np.argsort(p_values, kind="stable")]) >= 0)


def test_holm_of_what_is_not_defined_finds_nothing_there():
    assert (holm(np.array([np.nan, 0.001])) <= 0.05).tolist() == [False, True]


@pytest.mark.parametrize("freedom", [1.0, 6.0, 14.5])
def test_bonferroni_is_students_bound(freedom):
    assert bonferroni(0.01, 20, freedom) == pytest.approx(student.isf(0.00025, freedom))
    assert quantile(0.9, freedom) == pytest.approx(student.ppf(0.9, freedom))


def test_bonferroni_is_the_normal_bound_without_limit_of_freedom():
    assert bonferroni(0.01, 20) == pytest.approx(norm.isf(0.00025), rel=1e-14)
    assert quantile(0.9) == pytest.approx(norm.ppf(0.9), rel=1e-14)


def test_bonferroni_of_no_tests_is_passed_by_nothing():
    assert bonferroni(0.01, 0) == np.inf
