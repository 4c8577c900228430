"""Prior scales are typed by the parameter's name, whatever the model."""

import pytest

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.flat import flat
from hierbench.config.keywords import overrides_of
from hierbench.config.scales import as_typed, rewritten
from hierbench.errors import ConfigError


@pytest.fixture(scope="module")
def hydra():
    with composer() as started:
        yield started


@pytest.mark.parametrize(
    "typed",
    [
        "prior.tau=2",
        "prior.tau=1,2",
        "prior.tau=range(1,4)",
        "+prior.tau=2",
        "++prior.tau=2",
        "prior.scales.tau=2",
    ],
)
def test_scale_becomes_a_member_of_the_mapping(typed):
    (found,) = rewritten([typed])
    assert found == f"++prior.scales.tau={typed.partition('=')[2]}"
    assert rewritten([found]) == [found]
    assert as_typed(found) == f"prior.tau={typed.partition('=')[2]}"


@pytest.mark.parametrize(
    "typed",
    [
        "prior.scale=2",
        "prior.name=notebook",
        "prior=notebook",
        "data.rows=60",
        "data.pth=homes.csv",
        "sampler.draws=5",
        "~prior.tau",
        "prior.a b=1",
        "seed=1",
    ],
)
def test_other_overrides_stay(typed):
    assert rewritten([typed]) == [typed]


def test_scales_are_composed_over_the_options(hydra):
    config = to_config(compose_cell(hydra, ["prior=halfnormal", "prior.sigma=2", "prior.tau=3"]))
    assert config.prior.scales == {
        "mu_alpha": 10.0,
        "mu_beta": 10.0,
        "sigma_alpha": 1.0,
        "sigma_beta": 1.0,
        "sigma": 2.0,
        "tau": 3.0,
    }


def test_flat_names_a_scale_as_it_is_typed(hydra):
    composed = compose_cell(hydra, ["prior=halfnormal", "data=prior_draw", "data.sigma=4"])
    found = flat(to_config(composed))
    assert (found["prior.mu_alpha"], found["data.sigma"]) == (10.0, 4.0)
    assert not [key for key in found if "scales" in key]


def test_keywords_of_the_api_give_scales():
    assert overrides_of([], {"prior": {"tau": [1, 2]}}) == ["prior.tau=1,2"]


@pytest.mark.parametrize("value", ["abc", "null", "[1]", "true"])
def test_scale_of_another_type_is_named_as_it_is_typed(hydra, value):
    with pytest.raises(ConfigError, match=r"^prior\.tau: "):
        compose_cell(hydra, [f"prior.tau={value}"])


def test_several_scales_are_named_as_they_are_typed(hydra):
    with pytest.raises(ConfigError, match=r"^prior\.tau=1,2: several values"):
        compose_cell(hydra, ["prior.tau=1,2"])
