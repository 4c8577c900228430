"""Prior draws, predictions and log likelihoods; Monte Carlo checks allow 4 standard errors.

Their seed is fixed. A correct sampler fails one such check in 16,000 seeds.
"""

import numpy as np
import pytest
from scipy.stats import norm

from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.predictive import (
    log_likelihood,
    log_likelihood_of_rows,
    predict,
    prior_draws,
    probability_below,
    replicates,
)
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior

SCALES = {"mu_alpha": 3.0, "mu_beta": 2.0, "sigma_alpha": 1.5, "sigma_beta": 0.5, "sigma": 4.0}
MODELS = ("independent", "correlated", "varying_sigma")
FORM_OF = {"independent": "centered"}
"""Forms whose name is not their variant's."""

FAMILIES = ("exponential", "halfnormal")
DRAWS = 20_000
MEAN = {"exponential": 1.0, "halfnormal": np.sqrt(2 / np.pi)}
SQUARE = {"exponential": 2.0, "halfnormal": 1.0}  # E[sigma^2] of a spread of scale 1


def table() -> Rows:
    """Return 8 rows in 3 groups of unequal size."""
    rng = np.random.default_rng(20190529)
    return Rows(
        name="tiny",
        x=rng.normal(size=8),
        y=2.0 + rng.normal(size=8),
        group=np.array([0, 0, 1, 2, 2, 1, 2, 0]),
        labels=("north", "south", "west"),
        x_name="area [m2]",
        y_name="price [EUR]",
    )


@pytest.fixture(scope="module")
def tiny() -> Rows:
    return table()


def prior(model, family="exponential", draws=DRAWS):
    rng = np.random.default_rng([2, MODELS.index(model)])
    form = FORMS[FORM_OF.get(model, model)]
    return prior_draws(form, Hyperprior(family, SCALES), table(), draws, rng)


def standard_errors(values, expected):
    """Return how many Monte Carlo standard errors the mean of `values` is off."""
    return abs(values.mean() - expected) / (values.std() / np.sqrt(values.size))


def standardized(draws, name):
    return (draws[name] - draws[f"mu_{name}"][:, None]) / draws[f"sigma_{name}"][:, None]


@pytest.mark.parametrize("name", ["mu_alpha", "mu_beta"])
def test_prior_location_mean(name):
    assert standard_errors(prior("independent")[name], 0) < 4


@pytest.mark.parametrize("name", ["mu_alpha", "mu_beta"])
def test_prior_location_variance(name):
    assert standard_errors(prior("independent")[name] ** 2, SCALES[name] ** 2) < 4


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["sigma_alpha", "sigma_beta", "sigma"])
def test_prior_spread_mean(name, family):
    draws = prior("correlated", family)[name]
    assert standard_errors(draws, MEAN[family] * SCALES[name]) < 4


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["sigma_alpha", "sigma_beta", "sigma"])
def test_prior_spread_second_moment(name, family):
    draws = prior("correlated", family)[name]
    assert standard_errors(draws**2, SQUARE[family] * SCALES[name] ** 2) < 4


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_prior_effects_variance_given_their_spread(name, model):
    assert standard_errors(standardized(prior(model), name) ** 2, 1) < 4


def test_prior_varying_sigma_differs_by_group():
    sigma = prior("varying_sigma")["sigma"]
    assert abs(np.corrcoef(sigma.T)[0, 1:]).max() < 4 / np.sqrt(DRAWS)


def test_prior_rho_mean():
    assert standard_errors(prior("correlated")["rho"], 0) < 4


def test_prior_rho_variance():
    """The variance of 2 Beta(2, 2) - 1 is 1/5."""
    assert standard_errors(prior("correlated")["rho"] ** 2, 0.2) < 4


def test_prior_effects_correlate_by_rho():
    draws = prior("correlated")
    product = standardized(draws, "alpha") * standardized(draws, "beta")
    assert standard_errors(product - draws["rho"][:, None], 0) < 4


def test_prior_effects_correlation_follows_rho():
    """The product's covariance with rho is the variance of rho, 1/5."""
    draws = prior("correlated")
    product = standardized(draws, "alpha") * standardized(draws, "beta")
    assert standard_errors((product * draws["rho"][:, None]).mean(axis=1), 0.2) < 4


def test_prior_effects_of_independent_do_not_correlate():
    draws = prior("independent")
    assert standard_errors(standardized(draws, "alpha") * standardized(draws, "beta"), 0) < 4


def test_prior_rho_is_in_correlated_alone():
    assert [model for model in MODELS if "rho" in prior(model, draws=1)] == ["correlated"]


@pytest.mark.parametrize("model", MODELS)
def test_prior_shapes(model):
    draws = prior(model, draws=5)
    with_group = {name for name, value in draws.items() if value.shape == (5, 3)}
    assert with_group == {"alpha", "beta"} | ({"sigma"} if model == "varying_sigma" else set())


def test_prior_equal_seeds_give_equal_draws():
    one, two = prior("correlated", draws=4), prior("correlated", draws=4)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def draws_of(shape, *, varying):
    """Return random alpha, beta and sigma of `shape`, sigma per group when `varying`."""
    rng = np.random.default_rng(11)
    sigma = np.exp(rng.normal(size=(*shape, 3) if varying else shape))
    return {
        "alpha": rng.normal(size=(*shape, 3)),
        "beta": rng.normal(size=(*shape, 3)),
        "sigma": sigma,
    }


def moments(draws, dataset, place, row):
    """Return the mean and sd of one row under the draw at `place`."""
    g = dataset.group[row]
    mean = draws["alpha"][place][g] + draws["beta"][place][g] * dataset.x[row]
    return mean, np.broadcast_to(draws["sigma"][place], 3)[g]


VARYING = pytest.mark.parametrize("varying", [False, True])
SHAPES = pytest.mark.parametrize("shape", [(4,), (2, 3)])


@VARYING
@SHAPES
def test_log_likelihood_is_the_normal_density(shape, varying, tiny):
    draws = draws_of(shape, varying=varying)
    expected = np.empty((*shape, 8))
    for *place, row in np.ndindex(*shape, 8):
        expected[*place, row] = norm.logpdf(tiny.y[row], *moments(draws, tiny, tuple(place), row))
    np.testing.assert_allclose(log_likelihood(draws, tiny), expected, rtol=1e-12)


@VARYING
@SHAPES
def test_predict_shape(shape, varying, tiny):
    y = predict(draws_of(shape, varying=varying), tiny, np.random.default_rng(1))
    assert (y.shape, y.dtype) == ((*shape, 8), np.float32)


def residuals(tiny, *, varying):
    """Return many predictions under one draw, standardised by its own mean and sd."""
    one = draws_of((1,), varying=varying)
    many = {name: np.repeat(value, DRAWS, axis=0) for name, value in one.items()}
    mean, sd = np.array([moments(one, tiny, 0, row) for row in range(8)]).T
    return (predict(many, tiny, np.random.default_rng(5)) - mean) / sd


@VARYING
def test_predict_mean(varying, tiny):
    z = residuals(tiny, varying=varying)
    assert max(standard_errors(z[:, row], 0) for row in range(8)) < 4


@VARYING
def test_predict_variance(varying, tiny):
    z = residuals(tiny, varying=varying)
    assert max(standard_errors(z[:, row] ** 2, 1) for row in range(8)) < 4


def test_predict_rows_are_independent(tiny):
    correlation = np.corrcoef(residuals(tiny, varying=False).T) - np.eye(8)
    assert abs(correlation).max() < 4 / np.sqrt(DRAWS)


def small_blocks(monkeypatch, size):
    monkeypatch.setattr("hierbench.models.homes.predictive.AT_ONCE", size)


BLOCKS = pytest.mark.parametrize("size", [1, 20, 1_000_000])
"""One draw or row at a time, some, and all."""


@BLOCKS
@VARYING
def test_predict_does_not_depend_on_the_blocks(varying, size, tiny, monkeypatch):
    draws = draws_of((2, 3), varying=varying)
    whole = predict(draws, tiny, np.random.default_rng(1))
    small_blocks(monkeypatch, size)
    assert np.array_equal(predict(draws, tiny, np.random.default_rng(1)), whole)


@BLOCKS
@VARYING
def test_replicates_are_the_predictions(varying, size, tiny, monkeypatch):
    draws = draws_of((2, 3), varying=varying)
    small_blocks(monkeypatch, size)
    blocks = list(replicates(draws, tiny, np.random.default_rng(1)))
    whole = predict(draws, tiny, np.random.default_rng(1))
    assert np.array_equal(np.concatenate(blocks), whole.reshape(6, 8))


@BLOCKS
@VARYING
def test_log_likelihood_of_rows_is_the_log_likelihood(varying, size, tiny, monkeypatch):
    draws = draws_of((2, 3), varying=varying)
    small_blocks(monkeypatch, size)
    rows = np.concatenate(list(log_likelihood_of_rows(draws, tiny)))
    np.testing.assert_allclose(rows, log_likelihood(draws, tiny).reshape(6, 8).T, rtol=1e-14)


@BLOCKS
@VARYING
def test_probability_below_is_the_mean_normal_distribution_function(
    varying, size, tiny, monkeypatch
):
    draws = draws_of((4,), varying=varying)
    small_blocks(monkeypatch, size)
    expected = [
        np.mean([norm.cdf(tiny.y[row], *moments(draws, tiny, (place,), row)) for place in range(4)])
        for row in range(8)
    ]
    np.testing.assert_allclose(probability_below(draws, tiny), expected, rtol=1e-12)
