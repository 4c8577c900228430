"""Laws and known answers of the intervals, ratios and probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from hierbench.comparison.slowdowns import found
from hierbench.comparison.statistics import (
    Logs,
    Ratio,
    intervals,
    logs_of,
    more_seeds,
    probability_best,
    welch,
)

FIGURES = arrays(np.float64, (4, 5), elements=st.floats(0.01, 1e6, allow_subnormal=False))
quick = settings(max_examples=25)


def spread(values):
    """Return `values` with a little spread: equal figures have no law of scale."""
    return values * np.linspace(1, 1.01, values.shape[1])


@quick
@given(FIGURES, st.floats(1e-3, 1e3))
def test_intervals_scale_with_the_unit(values, factor):
    ends = np.array(intervals(logs_of(spread(values))))
    scaled = np.array(intervals(logs_of(spread(values) * factor)))
    assert scaled == pytest.approx(ends * factor, rel=1e-9)


@quick
@given(FIGURES, st.permutations(range(5)))
def test_intervals_do_not_know_the_order_of_seeds(values, order):
    ends = np.array(intervals(logs_of(spread(values))))
    assert np.array(intervals(logs_of(spread(values)[:, order]))) == pytest.approx(ends)


@quick
@given(FIGURES)
def test_intervals_of_a_rate_are_those_of_a_time_inverted(values):
    low, high = intervals(logs_of(spread(values)))
    other_low, other_high = intervals(logs_of(1 / spread(values)))
    assert 1 / other_high == pytest.approx(low)
    assert 1 / other_low == pytest.approx(high)


@quick
@given(FIGURES)
def test_intervals_hold_the_geometric_mean_and_are_ordered(values):
    logs = logs_of(spread(values))
    low, high = intervals(logs)
    assert np.all((low < np.exp(logs.mean)) & (np.exp(logs.mean) < high))


@quick
@given(FIGURES)
def test_ratios_are_symmetric(values):
    logs = logs_of(spread(values))
    forth, back = welch(logs[[0]], logs[[1]]), welch(logs[[1]], logs[[0]])
    low, high = forth.interval()
    other_low, other_high = back.interval()
    assert 1 / other_high == pytest.approx(low)
    assert 1 / other_low == pytest.approx(high)


@quick
@given(FIGURES, st.floats(1e-3, 1e3))
def test_ratios_do_not_know_the_unit(values, factor):
    logs, scaled = logs_of(spread(values)), logs_of(spread(values) * factor)
    ends = np.array(welch(logs[[0]], logs[[1]]).interval())
    assert np.array(welch(scaled[[0]], scaled[[1]]).interval()) == pytest.approx(ends, rel=1e-6)


def test_ratios_equal_scipys_welch_test():
    rng = np.random.default_rng(1)
    one, other = np.exp(rng.normal(0, 0.1, 5)), np.exp(rng.normal(0.2, 0.3, 9))
    scipys = stats.ttest_ind(np.log(one), np.log(other), equal_var=False)
    ends = scipys.confidence_interval(0.9)
    ratio = welch(logs_of(one[None]), logs_of(other[None]))
    assert np.ravel(ratio.interval()) == pytest.approx(np.exp([ends.low, ends.high]))
    assert ratio.probability_below()[0] == pytest.approx(1 - scipys.pvalue / 2)


@quick
@given(FIGURES, st.sampled_from([1, -1]))
def test_probabilities_add_up(values, sign):
    found = probability_best(logs_of(spread(values)), sign)
    assert found.sum() == pytest.approx(1)
    assert np.all((found >= 0) & (found <= 1))


@quick
@given(FIGURES, st.permutations(range(4)))
def test_probabilities_do_not_know_the_order_of_settings(values, order):
    found = probability_best(logs_of(spread(values)), 1)
    assert probability_best(logs_of(spread(values)[list(order)]), 1) == pytest.approx(found[order])


@quick
@given(FIGURES)
def test_probabilities_of_a_rate_are_those_of_a_time(values):
    rates = probability_best(logs_of(spread(values)), 1)
    assert probability_best(logs_of(1 / spread(values)), -1) == pytest.approx(rates, abs=1e-2)


def test_probabilities_of_equal_settings_are_equal():
    values = np.exp(np.random.default_rng(1).normal(0, 0.1, (1, 5)))
    found = probability_best(logs_of(np.repeat(values, 4, axis=0)), 1)
    assert found == pytest.approx(np.full(4, 0.25))


@pytest.mark.parametrize("seeds", [2, 3, 10])
def test_probabilities_equal_those_of_draws(seeds):
    rng = np.random.default_rng(seeds)
    logs = logs_of(np.exp(rng.normal(0, 0.2, (5, seeds)) + np.linspace(0, 0.2, 5)[:, None]))
    draws = logs.mean + logs.error * rng.standard_t(seeds - 1, (200_000, 5))
    shares = np.bincount(draws.argmax(axis=1), minlength=5) / len(draws)
    assert probability_best(logs, 1) == pytest.approx(shares, abs=0.006)


def test_probability_of_two_is_a_t_probability():
    """Equal sds of which nothing is known but ten seeds each."""
    logs = Logs(np.array([0.1, 0.0]), np.array([1e-9, 0.2]), np.array([10.0, 10.0]))
    expected = stats.t.cdf(0.1 / (0.2 / np.sqrt(10)), 9)
    assert probability_best(logs, 1)[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("apart", [0.05, 0.1, 0.3])
def test_more_seeds_give_the_power_they_promise(apart):
    sds, now = np.array([0.1, 0.2]), 3
    one, other = (
        Logs(np.array([mean]), np.array([sd]), np.array([float(now)]))
        for mean, sd in zip((apart, 0.0), sds, strict=True)
    )
    more = int(more_seeds(one, other)[0])
    rng = np.random.default_rng(1)
    told = 0
    for _ in range(400):
        noise = rng.normal(0, sds[:, None], (2, now + more))
        logs = logs_of(np.exp(noise + np.array([[apart], [0.0]])))
        low, _ = welch(logs[[0]], logs[[1]]).interval()
        told += bool(low[0] > 1)
    assert 0.72 < told / 400 < 0.9


def test_more_seeds_are_none_where_the_interval_tells():
    logs = logs_of(np.array([[1.0, 1.01, 1.02], [2.0, 2.01, 2.02]]))
    assert more_seeds(logs[[0]], logs[[1]])[0] == 0


def test_more_seeds_of_equal_settings_are_beyond_reach():
    logs = logs_of(np.array([[1.0, 1.1, 1.2], [1.0, 1.1, 1.2]]))
    assert np.isnan(more_seeds(logs[[0]], logs[[1]])[0])


def test_one_seed_has_no_interval():
    assert np.isnan(intervals(logs_of(np.array([[3.0]])))).all()


# Slowdowns


def test_slowdowns_of_no_settings_are_none():
    nothing = Ratio(*(np.empty(0) for _ in range(3)))
    assert not found(nothing).overall_slower
    assert len(found(nothing).slower) == 0
