"""What a command line may ask for is bounded before anything is expanded."""

import pytest

from hierbench.config.compose import composer
from hierbench.config.overrides import check_overrides
from hierbench.config.schema import DataConfig, PredictiveConfig, SamplerConfig
from hierbench.errors import ConfigError


def refused(*overrides):
    """Return the sentence that refuses overrides."""
    with composer() as hydra, pytest.raises(ConfigError) as caught:
        check_overrides(hydra, overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    "overrides",
    [
        ["seed=range(1,1000000000)"],
        ["prior.scale=range(0.1,1.0,1e-9)"],
        ["seed=range(0,1000)", "prior.scale=range(1,1000)"],
        ["seed=shuffle(range(1,1000000000))"],
    ],
)
def test_a_sweep_of_too_many_cells_is_refused_unexpanded(overrides):
    assert "a sweep has at most 100000 cells" in refused(*overrides)


def test_a_sweep_of_many_cells_is_allowed():
    with composer() as hydra:
        assert len(check_overrides(hydra, ["seed=range(0,10000)", "prior.scale=1,2,4"])) == 2


@pytest.mark.parametrize("value", ["interval(0,1)", "range(1,2,0)"])
def test_what_is_no_list_of_values_is_refused(value):
    assert "not a list of values" in refused(f"prior.scale={value}")


@pytest.mark.parametrize(
    "value", ["choice(1,2),3", "1,range(3)", "glob(a*),b", "range(2),range(3)"]
)
def test_a_function_among_values_is_refused(value):
    assert "a function among other values" in refused(f"seed={value}")


@pytest.mark.parametrize("value", ["choice(1,2)", "sort(3,1,2)", "shuffle(1,2)", "int(1.0),2"])
def test_a_function_alone_is_allowed(value):
    with composer() as hydra:
        assert check_overrides(hydra, [f"seed={value}"])


def test_a_number_of_too_many_digits_is_one_sentence():
    assert "not an override" in refused(f"seed={'9' * 5000}")


def test_an_override_is_bounded_in_length_and_depth():
    assert "at most 100000 are allowed" in refused(f"data.path={'x' * 200_000}")
    assert "brackets inside each other" in refused(f"plots.groups={'[' * 5000}")


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (lambda: DataConfig(rows=10**12), "data.rows"),
        (lambda: SamplerConfig(draws=10**9), "sampler.draws"),
        (lambda: SamplerConfig(tune=10**400), "sampler.tune"),
        (lambda: SamplerConfig(chains=10**6), "sampler.chains"),
        (lambda: PredictiveConfig(draws=10**9), "predictive.draws"),
    ],
)
def test_a_number_that_no_machine_holds_is_refused(config, key):
    with pytest.raises(ConfigError, match=rf"^{key}=.*the most allowed is"):
        config()
