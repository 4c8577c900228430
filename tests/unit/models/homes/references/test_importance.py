import numpy as np
import pytest
from arviz_stats.base import array_stats
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.references.importance import effective_size, normalised, pareto_k


@pytest.mark.parametrize("shape", [-0.5, 0.0, 0.4, 0.9])
def test_pareto_k_is_arviz(shape):
    """Log weights with a tail of known shape; ArviZ fits the same tail in the same way."""
    u = np.random.default_rng(3).random(5000)
    weights = -np.log(u) if shape == 0 else np.expm1(-shape * np.log(u)) / shape
    log_weights = np.log(weights + 1.0)
    _, expected = array_stats.psislw(-log_weights)
    assert pareto_k(log_weights) == pytest.approx(float(expected), abs=0.02)
    assert pareto_k(log_weights) == pytest.approx(shape, abs=0.15)


@given(st.integers(1, 50), st.floats(-1e5, 1e5))
@settings(max_examples=20)
def test_effective_size_of_equal_weights(number, level):
    weights = normalised(np.full(number, level))
    assert weights.sum() == pytest.approx(1)
    assert effective_size(weights) == pytest.approx(number)


def test_effective_size_of_one_weight():
    assert effective_size(normalised(np.array([0.0, -800.0, -900.0]))) == pytest.approx(1)
