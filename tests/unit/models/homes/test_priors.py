"""The scales that a user sets, held to those that the model has."""

import pytest

from hierbench.config.options import option_values
from hierbench.config.schema import PriorConfig
from hierbench.errors import ConfigError
from hierbench.models.homes.priors import PRIORS, SCALED, hyperprior

VARIANTS = ("varying_sigma", "independent", "correlated")
SCALES = dict.fromkeys(SCALED, 3.0)


def refused(*args):
    with pytest.raises(ConfigError) as caught:
        hyperprior(PriorConfig(*args), "independent")
    return str(caught.value)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", PRIORS)
def test_option_has_a_scale_of_every_parameter(name, variant):
    found = hyperprior(PriorConfig(**option_values("prior", name)), variant)
    assert tuple(found.scales) == SCALED


def test_scales_are_multiplied():
    found = hyperprior(PriorConfig("halfnormal", 2.0, SCALES), "independent")
    assert found.scales == dict.fromkeys(SCALED, 6.0)


@pytest.mark.parametrize("name", ["notebook", "formula"])
@pytest.mark.parametrize("key", SCALED)
def test_scale_of_a_prior_with_fixed_ones(key, name):
    assert refused(name, 1.0, {key: 1.0}) == (
        f"prior.{key}=1: prior={name} has fixed scales; "
        "use prior=halfnormal to set them, or prior.scale to multiply them"
    )


@pytest.mark.parametrize("key", SCALED)
def test_scale_that_is_missing(key):
    scales = {name: 1.0 for name in SCALED if name != key}
    assert refused("halfnormal", 1.0, scales).startswith(f"prior.{key}=None: allowed are finite")


@pytest.mark.parametrize("name", PRIORS)
def test_scale_of_no_parameter(name):
    assert refused(name, 1.0, {"tau": 2.0}) == (
        "prior.tau=2: model=homes has scales of mu_alpha, mu_beta, sigma_alpha, sigma_beta, sigma; "
        "choose one of them"
    )
