"""Eight schools: its forms are one posterior, and that is known."""

import numpy as np
import pytest
from scipy.stats import halfcauchy, multivariate_normal, norm

from hierbench.config.schema import Config, DataConfig, PriorConfig
from hierbench.models import eight_schools, model_of
from hierbench.models.data import load
from hierbench.records import Hyperprior

MODEL = model_of("eight_schools")
DATA = load(Config(model="eight_schools", data=DataConfig("eight_schools")))
EFFECT, ERROR = DATA.arrays["effect"], DATA.arrays["error"]
SCALES = [{"mu": 5.0, "tau": 5.0}, {"mu": 2.5, "tau": 0.5}, {"mu": 10.0, "tau": 3.0}]
PUBLISHED = {"mu": (4.396821, 3.317704), "tau": (3.597705, 3.219958)}
"""Mean and sd by quadrature, of the model with its own prior scales."""


def density_of(form, scales, point):
    """Return the log density of a form at constrained values of its free variables."""
    of = model_of("eight_schools").load()
    model = of.build(MODEL.forms[form], DATA, Hyperprior("own", scales), "rowwise")
    values = {
        model.rvs_to_values[variable].name: point[variable.name] for variable in model.free_RVs
    }
    return float(model.compile_logp(jacobian=False)(unconstrained(model, values, point)))


def unconstrained(model, values, point):
    """Return the point on the scale that the model is sampled on."""
    return {
        name: np.log(value) if name.endswith("_log__") else np.asarray(value, dtype=float)
        for name, value in values.items()
    }


@pytest.mark.parametrize("scales", SCALES)
def test_centered_is_the_joint_density(scales):
    rng = np.random.default_rng(1)
    mu, tau, theta = 3.0, 4.0, rng.normal(4, 5, 8)
    known = (
        norm.logpdf(mu, 0, scales["mu"])
        + halfcauchy.logpdf(tau, 0, scales["tau"])
        + norm.logpdf(theta, mu, tau).sum()
        + norm.logpdf(EFFECT, theta, ERROR).sum()
    )
    found = density_of("centered", scales, {"mu": mu, "tau": tau, "theta": theta})
    assert found == pytest.approx(known, rel=1e-9)  # PyMC rounds log(2 / pi)


@pytest.mark.parametrize("scales", SCALES)
def test_noncentered_is_the_same_density_moved(scales):
    offset, mu, tau = np.random.default_rng(2).normal(size=8), -2.0, 1.5
    centered = density_of("centered", scales, {"mu": mu, "tau": tau, "theta": mu + tau * offset})
    found = density_of("noncentered", scales, {"mu": mu, "tau": tau, "offset": offset})
    assert found == pytest.approx(centered + 8 * np.log(tau), rel=1e-12)


@pytest.mark.parametrize("scales", SCALES)
@pytest.mark.parametrize("tau", [0.01, 1.0, 30.0])
def test_marginal_is_the_density_without_mu_and_theta(scales, tau):
    covariance = np.diag(ERROR**2 + tau**2) + scales["mu"] ** 2
    known = multivariate_normal.logpdf(EFFECT, np.zeros(8), covariance)
    known += halfcauchy.logpdf(tau, 0, scales["tau"])
    assert density_of("marginal", scales, {"tau": tau}) == pytest.approx(known, rel=1e-9)


def test_completion_draws_mu_and_theta_from_their_conditional():
    """Their joint Normal given tau and y, by the textbook formula on the whole covariance."""
    tau, draws, scales = 4.0, 20_000, eight_schools.PRIOR
    prior = np.full((9, 9), scales["mu"] ** 2)
    prior[1:, 1:] += tau**2 * np.eye(8)
    gain = prior[:, 1:] @ np.linalg.inv(prior[1:, 1:] + np.diag(ERROR**2))
    mean, covariance = gain @ EFFECT, prior - gain @ prior[1:]
    hyper = {"tau": np.full(draws, tau)}
    rng = np.random.default_rng(3)
    found = eight_schools.complete_marginal(rng, DATA.arrays, scales, hyper)
    both = np.column_stack([found["mu"], found["theta"]])
    sd = np.sqrt(np.diag(covariance))
    assert np.abs((both.mean(axis=0) - mean) / sd).max() < 5 / np.sqrt(draws)
    errors = (np.cov(both.T) - covariance) / np.outer(sd, sd)
    assert np.abs(errors).max() < 5 * np.sqrt(2 / draws)


def test_reference_is_the_published_quadrature():
    mean, sd = eight_schools.reference(DATA.arrays, eight_schools.PRIOR)
    found = {name: (float(mean[name]), float(sd[name])) for name in PUBLISHED}
    assert found == {name: pytest.approx(of, abs=2e-6) for name, of in PUBLISHED.items()}


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_reference_is_that_of_a_plain_sum(scale):
    """A second method that shares no density: a grid over mu and log tau, where all is smooth."""
    scales = {name: scale * of for name, of in eight_schools.PRIOR.items()}
    mu, log_tau = np.linspace(-60, 60, 601)[:, None], np.linspace(-14, 9, 801)
    tau = np.exp(log_tau)
    logs = norm.logpdf(mu, 0, scales["mu"]) + halfcauchy.logpdf(tau, 0, scales["tau"]) + log_tau
    for effect, error in zip(EFFECT, ERROR, strict=True):
        logs = logs + norm.logpdf(effect, mu, np.hypot(error, tau))
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mean, sd = eight_schools.reference(DATA.arrays, scales)
    for name, values in (("mu", mu), ("tau", tau)):
        known = float((weights * values).sum())
        assert float(mean[name]) == pytest.approx(known, abs=1e-4)
        spread = np.sqrt(float((weights * (values - known) ** 2).sum()))
        assert float(sd[name]) == pytest.approx(spread, abs=1e-3)


def test_reference_knows_the_prior_scale():
    of = model_of("eight_schools").load().reference
    found = [
        of(DATA, "eight_schools", MODEL.hyperprior(PriorConfig("own", scale), "eight_schools"))
        for scale in (0.5, 2.0)
    ]
    assert found[0].mean["tau"] < found[1].mean["tau"]


def test_data_are_eight_schools_with_labels():
    assert (DATA.sizes, DATA.row_dim, DATA.units.name) == ({"school": 8}, "school", "effect")
    assert DATA.coords["school"] == tuple("ABCDEFGH")


def test_blocks_and_necks_are_its_own():
    assert MODEL.blocks == {"hyper": ("mu", "tau"), "effects": ("theta",)}
    assert [neck.scale for neck in MODEL.necks] == ["tau"]
    assert MODEL.own_form == "noncentered"
