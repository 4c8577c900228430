"""The predictive table: its statistics, their units, tails and coverage."""

import numpy as np
import pytest

from hierbench.dataset import Units
from hierbench.diagnostics.predictive import STATISTICS, predictive_check, statistics_of

SCALE = 1e5
UNITS = Units("price [EUR]", SCALE)
NUMPY = {
    "mean": np.mean,
    "sd": np.std,
    "min": np.min,
    "q25": lambda values, axis: np.quantile(values, 0.25, axis=axis),
    "median": np.median,
    "q75": lambda values, axis: np.quantile(values, 0.75, axis=axis),
    "max": np.max,
}


def checked(y, replicates, below=None):
    """Return the rows of the table by statistic, each a mapping of its columns."""
    below = np.full(len(y), 0.5) if below is None else below
    found = predictive_check(y, UNITS, statistics_of([replicates]), below)
    return {
        name: {column: values[place] for column, values in found.items()}
        for place, name in enumerate(found["statistic"])
    }


@pytest.mark.parametrize("rows", [1, 2, 7, 100])
@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_are_numpys(name, rows):
    values = np.random.default_rng(rows).normal(size=(5, rows))
    found = statistics_of([values[:2], values[2:]])[:, STATISTICS.index(name)]
    np.testing.assert_allclose(found, NUMPY[name](values, axis=1), rtol=1e-12, atol=1e-15)


def test_observed_is_in_the_users_units():
    y = np.random.default_rng(1).normal(size=50)
    rows = checked(y, np.ones((3, 50)))
    for name, of in NUMPY.items():
        assert rows[name]["observed"] == pytest.approx(SCALE * of(y, axis=0))
        assert rows[name]["unit"] == "price [EUR]"


def test_predicted_and_interval_are_the_replicates_quantiles():
    means = np.arange(101.0)
    row = checked(np.zeros(4), np.repeat(means[:, None], 4, axis=1))["mean"]
    assert (row["predicted"], row["low"], row["high"]) == (50 * SCALE, 5 * SCALE, 95 * SCALE)


@pytest.mark.parametrize(("y", "share"), [(-1.0, 1.0), (29.5, 0.7), (30.0, 0.7), (1e3, 0.0)])
def test_tail_probability_is_the_share_at_or_above(y, share):
    replicates = np.repeat(np.arange(100.0)[:, None], 4, axis=1)
    assert checked(np.full(4, y), replicates)["mean"]["tail_probability"] == share


def test_coverage_of_probabilities_evenly_spread_is_nominal():
    below = (np.arange(1000) + 0.5) / 1000
    rows = checked(np.zeros(1000), np.ones((2, 1000)), below)
    assert rows["coverage_50"]["observed"] == 0.5
    assert rows["coverage_90"]["observed"] == 0.9


def test_coverage_counts_both_tails():
    rows = checked(np.zeros(4), np.ones((2, 4)), np.array([0.01, 0.2, 0.6, 0.99]))
    assert [rows[f"coverage_{share}"]["observed"] for share in (50, 90)] == [0.25, 0.5]


def test_coverage_has_no_interval():
    row = checked(np.zeros(4), np.ones((2, 4)))["coverage_50"]
    assert row["predicted"] == 0.5
    assert np.isnan([row["low"], row["high"], row["tail_probability"]]).all()


def test_undefined_probabilities_are_not_covered():
    below = np.array([np.nan, 0.5])
    assert checked(np.zeros(2), np.ones((2, 2)), below)["coverage_90"]["observed"] == 0.5
