import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import linregress

from hierbench.models.homes.algebra.sufficient import sufficient


def rows(seed, count=40, groups=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=count), rng.normal(size=count), rng.integers(0, groups, count)


def test_sufficient_is_the_regression_of_each_group():
    x, y, group = rows(1)
    of = sufficient(x, y, group, 4)
    for j in range(4):
        mine = group == j
        line = linregress(x[mine], y[mine])
        residuals = y[mine] - line.intercept - line.slope * x[mine]
        assert of.rows[j] == mine.sum()
        assert of.slopes[j] == pytest.approx(line.slope)
        assert of.y_mean[j] == pytest.approx(line.intercept + line.slope * of.x_mean[j])
        assert of.residual_squares[j] == pytest.approx(residuals @ residuals)


@given(arrays(float, 12, elements=st.floats(-1e3, 1e3)), st.permutations(range(12)))
@settings(max_examples=25)
def test_sufficient_does_not_see_the_order_of_rows(y, order):
    x, group = np.linspace(-1, 2, 12), np.arange(12) % 3
    one, other = sufficient(x, y, group, 3), sufficient(x[order], y[order], group[order], 3)
    for name, value in vars(one).items():
        np.testing.assert_allclose(getattr(other, name), value, rtol=1e-9, atol=1e-9)


def test_sufficient_survives_a_large_offset():
    """Raw sums of squares about 1e9 would leave no digit of a variance of 1."""
    x, y, group = rows(2)
    far, near = sufficient(x + 1e7, y + 1e9, group, 4), sufficient(x, y, group, 4)
    for name in ("x_squares", "products", "y_squares", "residual_squares"):
        np.testing.assert_allclose(getattr(far, name), getattr(near, name), rtol=1e-5, atol=1e-5)


def test_sufficient_of_a_group_without_rows_is_zero():
    of = sufficient(np.ones(2), np.array([1.0, 3.0]), np.array([1, 1]), 3)
    assert of.rows.tolist() == [0, 2, 0]
    assert of.y_mean.tolist() == [0, 2, 0]
    assert of.slopes.tolist() == [0, 0, 0]
    assert of.residual_squares.tolist() == [0, 2, 0]
