"""Log densities against SciPy's, row by row."""

import numpy as np
import pytest
from scipy import stats

import hierbench.models.homes.algebra.densities as densities
from hierbench.models.homes.algebra.densities import log_hyperprior, log_likelihood
from hierbench.models.homes.algebra.sufficient import sufficient
from hierbench.records import Hyperprior

SCALES = {"mu_alpha": 20.0, "mu_beta": 5.0, "sigma_alpha": 2.0, "sigma_beta": 3.0, "sigma": 0.5}


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def spread(family, name):
    if family == "exponential":
        return stats.expon(scale=SCALES[name])
    return stats.halfnorm(scale=SCALES[name])


@pytest.mark.parametrize("family", ["exponential", "halfnormal"])
def test_log_hyperprior_of_all(family, rng):
    values = {name: np.abs(rng.normal(size=(2, 5))) for name in SCALES}
    rho = rng.uniform(-1, 1, (2, 5))
    expected = stats.beta(2, 2).logpdf((rho + 1) / 2) - np.log(2)
    for name, value in values.items():
        law = stats.norm(scale=SCALES[name]) if "mu" in name else spread(family, name)
        expected = expected + law.logpdf(value)
    found = log_hyperprior(Hyperprior(family, SCALES), {**values, "rho": rho})
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_log_hyperprior_sums_a_sigma_per_group(rng):
    values = {"mu_beta": rng.normal(size=(2, 5)), "sigma": np.abs(rng.normal(size=(2, 5, 3)))}
    expected = stats.norm(scale=5.0).logpdf(values["mu_beta"])
    expected = expected + stats.expon(scale=0.5).logpdf(values["sigma"]).sum(axis=-1)
    found = log_hyperprior(Hyperprior("exponential", SCALES), values)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("at_once", [4, 10**6])
@pytest.mark.parametrize("per_group", [False, True])
def test_log_likelihood_is_the_rows(per_group, at_once, rng, monkeypatch):
    monkeypatch.setattr(densities, "CELLS_AT_ONCE", at_once)
    group = np.repeat(np.arange(3), [1, 4, 7])
    x, y = rng.normal(size=(2, 12))
    draws = {name: rng.normal(size=(2, 5, 3)) for name in ("alpha", "beta")}
    draws["sigma"] = np.exp(rng.normal(size=(2, 5, 3) if per_group else (2, 5)))
    sigma = draws["sigma"][..., group] if per_group else draws["sigma"][..., None]
    mean = draws["alpha"][..., group] + draws["beta"][..., group] * x
    expected = stats.norm(mean, sigma).logpdf(y).sum(axis=-1)
    found = log_likelihood(sufficient(x, y, group, 3), draws)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
