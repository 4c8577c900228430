"""What a model in a file predicts: its own distributions, seeded, at the data and scales asked."""

import numpy as np
import pytest
from scipy.stats import norm

from hierbench.config.schema import Config, DataConfig
from hierbench.errors import ConfigError
from hierbench.models import model_of
from hierbench.models.data import load
from hierbench.records import Hyperprior

MODEL = model_of("eight_schools")
DATA = load(Config(model="eight_schools", data=DataConfig("eight_schools")))
ERROR = DATA.arrays["error"]
DRAWS = 4000


@pytest.fixture(scope="module")
def predictor():
    return model_of("eight_schools").load().predictor


def prior_draws(predictor, scale, draws=DRAWS, seed=1):
    prior = Hyperprior("own", {"mu": 5.0 * scale, "tau": 5.0 * scale})
    rng = np.random.default_rng(seed)
    return predictor.prior_draws(MODEL.forms["marginal"], prior, DATA, draws, rng)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_prior_draws_follow_the_scale(predictor, scale):
    found = prior_draws(predictor, scale)
    assert found["theta"].shape == (DRAWS, 8)
    assert found["mu"].std() == pytest.approx(5 * scale, rel=5 / np.sqrt(2 * DRAWS))
    below = (found["tau"] < 5 * scale).mean()  # the median of a half-Cauchy is its scale
    assert below == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(DRAWS))


def test_prior_draws_are_seeded(predictor):
    one, other, third = (prior_draws(predictor, 1.0, draws=5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one["theta"], other["theta"])
    assert not np.array_equal(one["theta"], third["theta"])


def test_predictions_scatter_by_the_known_errors(predictor):
    theta = np.linspace(-5, 9, 8)
    draws = {
        "mu": np.zeros((2, 1500)),
        "tau": np.ones((2, 1500)),
        "theta": np.broadcast_to(theta, (2, 1500, 8)),
    }
    found = predictor.predict(draws, DATA, np.random.default_rng(1))
    assert (found.shape, found.dtype) == ((2, 1500, 8), np.float32)
    z = (found.reshape(-1, 8) - theta) / ERROR
    assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(3000)
    assert np.abs(z.std(axis=0) - 1).max() < 5 / np.sqrt(2 * 3000)


def test_log_likelihood_is_scipys(predictor):
    rng = np.random.default_rng(4)
    draws = {
        "mu": rng.normal(size=(2, 3)),
        "tau": rng.uniform(1, 2, (2, 3)),
        "theta": rng.normal(4, 6, (2, 3, 8)),
    }
    found = predictor.log_likelihood(draws, DATA)
    known = norm.logpdf(DATA.observed, draws["theta"], ERROR)
    assert np.allclose(found, known, rtol=1e-12)
    (rows,) = predictor.log_likelihood_of_rows(draws, DATA)
    assert np.allclose(rows, known.reshape(6, 8).T, rtol=1e-12)


def test_probability_below_is_the_normals(predictor):
    draws = {
        "mu": np.zeros((1, DRAWS)),
        "tau": np.ones((1, DRAWS)),
        "theta": np.zeros((1, DRAWS, 8)),
    }
    known = norm.cdf(DATA.observed / ERROR)
    found = predictor.probability_below(draws, DATA)
    assert np.abs(found - known).max() < 5 * 0.5 / np.sqrt(DRAWS)


def test_drawn_data_are_the_models_own():
    """Over many seeds, mu of the truth has its prior, and y scatters about theta."""
    found = [
        load(Config(model="eight_schools", data=DataConfig("prior_draw", seed=seed)))
        for seed in range(1, 101)
    ]
    mu = np.array([float(of.truth["mu"]) for of in found])
    z = np.array([(of.observed - of.truth["theta"]) / ERROR for of in found])
    assert mu.std() == pytest.approx(5.0, rel=5 / np.sqrt(200))
    assert z.std() == pytest.approx(1.0, rel=5 / np.sqrt(1600))
    assert len({of.arrays_sha256 for of in found}) == len(found)


def test_drawn_data_are_fitted_with_their_own_prior_alone():
    of = load(Config(model="eight_schools", data=DataConfig("prior_draw")))
    wider = Hyperprior("own", {"mu": 10.0, "tau": 10.0})
    with pytest.raises(ConfigError, match=r"leave prior and prior\.scale out"):
        MODEL.check(of, MODEL.forms["centered"], wider, Config(model="eight_schools"))
    MODEL.check(of, MODEL.forms["centered"], of.drawn_from, Config(model="eight_schools"))


def test_prior_scales_go_by_name_whatever_their_order(predictor):
    turned = Hyperprior("own", {"tau": 1e-6, "mu": 5.0})
    rng = np.random.default_rng(1)
    found = predictor.prior_draws(MODEL.forms["centered"], turned, DATA, 200, rng)
    assert np.median(found["tau"]) < 1e-4
    assert found["mu"].std() > 1
