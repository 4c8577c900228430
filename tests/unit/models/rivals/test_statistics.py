"""The tests behind the checks: level under the hypothesis, power beside it."""

import numpy as np
import pytest

from hierbench.models.rivals.statistics import means, scores, two_samples, worst


def test_means_are_uniform_where_nothing_differs():
    p_values = means(np.random.default_rng(1).exponential(size=(2_000, 400)) - 1.0)
    assert np.mean(p_values < 0.05) == pytest.approx(0.05, abs=0.035)


def test_means_see_a_shift_and_a_constant():
    rng = np.random.default_rng(1)
    terms = rng.normal((0.0, 0.3, 0.0), size=(1_000, 3))
    terms[:, 2] = 0.5
    found = means(terms)
    assert found[0] > 1e-3
    assert found[1] < 1e-12
    assert found[2] == 0.0
    assert means(np.zeros((10, 1)))[0] == 1.0


def test_scores_are_bounded_and_keep_order():
    values = np.array([[3.0], [1e300], [-5.0]])
    found = scores(values)
    assert np.argsort(found[:, 0]).tolist() == [2, 0, 1]
    assert np.abs(scores(np.random.default_rng(1).normal(size=(10_000, 1)))).max() == 2.5


def test_two_samples_tell_a_lost_correlation():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(2, 2_000, 2))
    turned = draws[1] @ np.array([[1.0, 0.5], [0.0, 0.75**0.5]])
    right = worst({"both": two_samples(draws[0], draws[1], rng, 20)})
    wrong = worst({"both": two_samples(draws[0], turned, rng, 20)})
    assert right[1] > 1e-3
    assert wrong[1] < 1e-9


def test_worst_multiplies_by_the_number_of_tests():
    found = worst({"a": np.array([0.2, 0.5]), "b": np.array([0.01, 0.9])})
    assert found == ("b", pytest.approx(0.04))
