"""Where planted divergences sit, against SciPy's percentiles."""

import numpy as np
import pytest
from scipy.stats import iqr, percentileofscore

from hierbench.diagnostics.divergences import divergence_metrics

SHAPE = (4, 500)
SCALARS = ("sigma_alpha", "sigma_beta", "sigma")


def posterior():
    rng = np.random.default_rng(5)
    return {name: rng.lognormal(0.0, 1.0, SHAPE) for name in (*SCALARS, "mu_alpha")}


def metrics(diverging, draws=None):
    return divergence_metrics(draws or posterior(), diverging, SCALARS)


def at_random(share=0.1):
    return np.random.default_rng(6).random(SHAPE) < share


def test_divergences_in_the_neck_are_seen_there():
    draws = posterior()
    found = metrics(draws["sigma_alpha"] < np.quantile(draws["sigma_alpha"], 0.05))
    assert found["divergence_quantile.sigma_alpha"] == pytest.approx(0.025, abs=1e-3)
    assert found["divergence_spread.sigma_alpha"] == pytest.approx(0.025, abs=1e-3)


@pytest.mark.parametrize("name", SCALARS)
def test_divergences_anywhere_are_spread_as_the_draws(name):
    """200 of 2000 draws: a median's standard error is 0.035, a range's 0.04."""
    found = metrics(at_random())
    assert found[f"divergence_quantile.{name}"] == pytest.approx(0.5, abs=0.14)
    assert found[f"divergence_spread.{name}"] == pytest.approx(0.5, abs=0.16)


@pytest.mark.parametrize("name", SCALARS)
def test_divergences_are_those_of_scipys_percentiles(name):
    """SciPy's mean of the weak and the strict percentile is (rank - 1/2) / draws."""
    draws, diverging = posterior(), at_random()
    places = percentileofscore(draws[name].ravel(), draws[name][diverging], kind="mean") / 100
    found = metrics(diverging)
    assert found[f"divergence_quantile.{name}"] == pytest.approx(np.median(places))
    assert found[f"divergence_spread.{name}"] == pytest.approx(iqr(places))


def test_divergences_do_not_depend_on_the_scales_unit():
    draws = posterior()
    other = {name: 3.0 * np.log(values) for name, values in draws.items()}
    assert metrics(at_random(), other) == metrics(at_random(), draws)


def test_divergences_of_a_scale_per_group_follow_its_smallest_entry():
    draws = posterior()
    draws["sigma"] = np.stack([np.full(SHAPE, 9.0), draws["sigma"]], axis=2)
    found = metrics(draws["sigma"][..., 1] < 0.3, draws)
    assert found["divergence_quantile.sigma"] < 0.1


def test_divergences_one_is_a_quantile_without_spread():
    only = np.zeros(SHAPE, dtype=bool)
    only[2, 17] = True
    assert metrics(only)["divergence_spread.sigma"] == 0.0


def test_divergences_at_a_constant_scale_are_in_its_middle():
    draws = {**posterior(), "sigma": np.full(SHAPE, 2.0)}
    assert metrics(at_random(), draws)["divergence_quantile.sigma"] == pytest.approx(0.5, abs=1e-3)


def test_divergences_none_have_no_place():
    assert metrics(np.zeros(SHAPE, dtype=bool)) == {}


def test_divergences_among_draws_that_are_not_finite_have_an_undefined_place():
    draws = posterior()
    draws["sigma"][0, 0] = np.nan
    found = metrics(at_random(), draws)
    assert np.isnan(found["divergence_quantile.sigma"])
    assert np.isfinite(found["divergence_quantile.sigma_alpha"])
