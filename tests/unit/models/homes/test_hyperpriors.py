import pytest

from hierbench.config.schema import PriorConfig
from hierbench.errors import ConfigError
from hierbench.models.homes.priors import SCALED, hyperprior

SET = {"mu_alpha": 10.0, "mu_beta": 9.0, "sigma_alpha": 1.0, "sigma_beta": 0.5, "sigma": 0.25}
HALFNORMAL = PriorConfig("halfnormal", 2.0, SET)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("independent", (20, 5, 5, 5, 5)),
        ("varying_sigma", (20, 5, 2.5, 2.5, 2.5)),
        ("correlated", (5, 5, 5, 5, 5)),
    ],
)
def test_notebook_scales(model, expected):
    prior = hyperprior(PriorConfig("notebook"), model)
    assert tuple(prior.scales[name] for name in SCALED) == expected


@pytest.mark.parametrize("model", ["independent", "varying_sigma", "correlated"])
def test_formula_scales(model):
    prior = hyperprior(PriorConfig("formula"), model)
    assert tuple(prior.scales[name] for name in SCALED) == (100, 100, 0.01, 0.01, 0.01)


def test_halfnormal_scales_are_the_keys_times_the_scale():
    prior = hyperprior(HALFNORMAL, "independent")
    assert tuple(prior.scales[name] for name in SCALED) == (20, 18, 2, 1, 0.5)


@pytest.mark.parametrize("name", ["notebook", "formula"])
def test_scale_multiplies_every_scale(name):
    one, four = (hyperprior(PriorConfig(name, scale), "correlated") for scale in (1.0, 4.0))
    assert four.scales == {key: 4 * value for key, value in one.scales.items()}


@pytest.mark.parametrize(
    ("config", "family"),
    [
        (PriorConfig("notebook"), "exponential"),
        (PriorConfig("formula"), "exponential"),
        (HALFNORMAL, "halfnormal"),
    ],
)
def test_hyperprior_family(config, family):
    assert hyperprior(config, "independent").family == family


def test_hyperprior_unknown_name_lists_the_known():
    with pytest.raises(ConfigError, match="prior=flat: known are notebook, formula, halfnormal"):
        hyperprior(PriorConfig("flat"), "independent")
