"""Truths drawn from the hyperprior, on a design that no seed changes."""

import numpy as np
import pytest
from scipy.stats import halfnorm, kstest, norm

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.schema import Config, DataConfig
from hierbench.errors import ConfigError
from hierbench.models.data import asked_data, load

SCALES = {"mu_alpha": 3.0, "mu_beta": 2.0, "sigma_alpha": 1.5, "sigma_beta": 0.5, "sigma": 0.7}
DRAWN = 400


def drawn(model="independent", seed=1, **keys):
    base = {"name": "prior_draw", "groups": 6, "rows": 40, "scales": SCALES}
    return load(Config(data=DataConfig(**{**base, "model": model, "seed": seed, **keys})))


@pytest.fixture(scope="module")
def truths():
    return [drawn("correlated", seed).truth for seed in range(DRAWN)]


@pytest.mark.parametrize("name", ["mu_alpha", "mu_beta"])
def test_truth_of_a_mean_is_normal(truths, name):
    found = [truth[name] / SCALES[name] for truth in truths]
    assert kstest(found, norm.cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ["sigma_alpha", "sigma_beta", "sigma"])
def test_truth_of_a_sigma_is_half_normal(truths, name):
    found = [truth[name] / SCALES[name] for truth in truths]
    assert kstest(found, halfnorm.cdf).pvalue > 1e-3


def test_truth_of_rho_is_lkj_2(truths):
    """Of Beta(2, 2) on (-1, 1): variance 1/5, fourth moment 3/35."""
    found = np.array([truth["rho"] for truth in truths])
    error = np.sqrt((3 / 35 - 1 / 25) / DRAWN)
    assert (found**2).mean() == pytest.approx(1 / 5, abs=4 * error)


def test_effects_have_the_truths_correlation(truths):
    """Of 2,400 pairs of standard Normals, the products' mean is the mean rho."""
    first, second = (
        np.array([(truth[of] - truth[f"mu_{of}"]) / truth[f"sigma_{of}"] for truth in truths])
        for of in ("alpha", "beta")
    )
    rho = np.array([truth["rho"] for truth in truths])[:, None]
    surprise = first * second - rho
    assert surprise.mean() == pytest.approx(0.0, abs=4 * surprise.std() / np.sqrt(surprise.size))


def test_rows_have_the_truths_residuals():
    dataset = drawn(rows=20_000)
    truth = dataset.truth
    residuals = dataset.y - truth["alpha"][dataset.group] - truth["beta"][dataset.group] * dataset.x
    assert residuals.std() == pytest.approx(truth["sigma"], rel=4 / np.sqrt(2 * 20_000))


@pytest.mark.parametrize(
    ("model", "extra", "shape"),
    [("independent", set(), ()), ("correlated", {"rho"}, ()), ("varying_sigma", set(), (6,))],
)
def test_truth_has_every_estimand_of_the_model(model, extra, shape):
    truth = drawn(model).truth
    assert set(truth) == {*SCALES, "alpha", "beta"} | extra
    assert (truth["sigma"].shape, truth["alpha"].shape) == (shape, (6,))


def test_design_does_not_depend_on_the_seed():
    first, second = drawn(seed=1), drawn(seed=2)
    assert np.array_equal(first.x, second.x)
    assert np.array_equal(first.group, second.group)
    assert not np.array_equal(first.y, second.y)


def test_truth_depends_on_the_seed_alone():
    assert drawn(seed=3).arrays_sha256 == drawn(seed=3).arrays_sha256


@pytest.mark.parametrize(("groups", "rows"), [(2, 6), (10, 80), (40, 120), (7, 22)])
def test_sizes_rise_from_half_the_mean_to_one_and_a_half(groups, rows):
    sizes = drawn(groups=groups, rows=rows).group_sizes
    mean = rows / groups
    assert sizes.sum() == rows
    assert sizes.min() >= 0.5 * mean - 0.5
    assert sizes.max() <= 1.5 * mean + 0.5


def test_generator_is_what_the_truth_was_drawn_from():
    source = drawn("correlated").drawn_from
    assert (source.variant, source.hyperprior.family) == ("correlated", "halfnormal")
    assert source.hyperprior.scales == SCALES


def asked(*overrides):
    """Return what is asked of the data."""
    with composer() as hydra:
        config = to_config(compose_cell(hydra, ["data=prior_draw", "prior=halfnormal", *overrides]))
    assert config.prior.scales["mu_beta"] == 10
    return asked_data(config)


def test_scales_follow_the_prior():
    scales = {"mu_alpha": 10, "mu_beta": 10, "sigma_alpha": 1, "sigma_beta": 1, "sigma": 4}
    assert asked("prior.sigma=4").scales == scales


def test_scales_that_are_typed_do_not_follow_the_prior():
    scales = asked("prior.sigma=4", "data.sigma=3").scales
    assert (scales["sigma"], scales["mu_beta"]) == (3.0, 10.0)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"model": None}, "^data.model=None: .* choose independent, correlated or varying_sigma"),
        ({"scales": {"sigma": 1.0}}, "^data.mu_alpha=None: .* use prior=halfnormal"),
        ({"scales": {**SCALES, "tau": 2.0}}, "^data.tau=2: .* choose one of them"),
        ({"y_scale": 10.0}, "^data.y_scale=10.0: data=prior_draw does not read it"),
        ({"standardize": False}, "data.standardize=false: data=prior_draw does not read it"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_load_refuses(keys, sentence):
    with pytest.raises(ConfigError, match=sentence):
        drawn(**keys)


def test_other_data_refuse_its_keys():
    with pytest.raises(ConfigError, match=r"^data.model=correlated: data=ames does not read it; "):
        load(Config(data=DataConfig(name="ames", model="correlated")))
