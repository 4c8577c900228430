from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.config.schema import Config, DataConfig
from hierbench.errors import ConfigError
from hierbench.models.data import load as load_data
from hierbench.models.homes.datasets.berlin_like import draw_sizes, load
from hierbench.models.homes.rows import Rows
from hierbench.records import Arrays


def simulate(*, y_scale: float = 100_000, **keys: Any) -> Rows:
    return load(DataConfig(name="berlin_like", y_scale=y_scale, **keys))


def truth_of(data: Rows) -> Arrays:
    assert data.truth is not None
    return data.truth


DATA = simulate()
TRUTH = truth_of(DATA)


def test_default_size():
    assert (len(DATA.y), len(DATA.labels), DATA.group_sizes.min()) == (8014, 219, 1)


def test_a_tenth_of_the_groups_is_poor():
    assert 0.06 < np.mean(DATA.group_sizes <= 3) < 0.15


@settings(max_examples=50)
@given(st.integers(2, 60), st.integers(0, 500), st.integers(0, 2**32))
def test_sizes_sum_for_any_size(groups, extra, seed):
    rows = 3 * groups + extra
    sizes = draw_sizes(np.random.default_rng(seed), rows, groups)
    assert (sizes.sum(), len(sizes)) == (rows, groups)
    assert sizes.min() >= 1


def test_same_seed_same_data():
    assert simulate().arrays_sha256 == DATA.arrays_sha256


def test_other_seed_other_data():
    assert simulate(seed=2).arrays_sha256 != DATA.arrays_sha256


def test_labels_are_sorted():
    assert list(DATA.labels) == sorted(DATA.labels)
    assert DATA.labels[0] == "g001"


def test_truth_is_that_of_the_recipe():
    scalars = {name: float(value) for name, value in TRUTH.items() if value.ndim == 0}
    assert scalars == {
        "mu_alpha": 3.645,
        "mu_beta": 2.765,
        "sigma_alpha": 0.768,
        "sigma_beta": 1.293,
        "sigma": 1.203,
        "rho": 0.716,
    }


def test_truth_generated_y_from_the_data_sets_own_x():
    line = TRUTH["alpha"][DATA.group] + TRUTH["beta"][DATA.group] * DATA.x
    residuals = DATA.y - line
    # 4 standard errors of a mean and of an sd over 8,014 Normal residuals
    assert residuals.mean() == pytest.approx(0.0, abs=4 * 1.203 / 8014**0.5)
    assert residuals.std() == pytest.approx(1.203, rel=4 / (2 * 8014) ** 0.5)


def test_x_is_standardised():
    assert DATA.x.mean() == pytest.approx(0.0, abs=1e-12)
    assert DATA.x.std() == pytest.approx(1.0)


def test_areas_are_of_the_recipe():
    areas = DATA.original_x(DATA.x)
    assert np.median(np.log(areas)) == pytest.approx(4.49, abs=0.03)  # 4 standard errors
    assert np.mean(areas > 500) == pytest.approx(0.0033, abs=0.0026)  # .004 x 1000/1200, 4 se


def test_effects_are_correlated():
    observed = np.corrcoef(TRUTH["alpha"], TRUTH["beta"])[0, 1]
    assert np.arctanh(observed) == pytest.approx(np.arctanh(0.716), abs=4 / 216**0.5)


def test_independent_effects_have_no_correlation():
    truth = truth_of(simulate(effects="independent"))
    assert truth["rho"] == 0.0
    assert abs(np.arctanh(np.corrcoef(truth["alpha"], truth["beta"])[0, 1])) < 4 / 216**0.5


def test_variants_share_x_and_alpha():
    other = simulate(effects="independent", residuals="student_t")
    np.testing.assert_array_equal(other.x, DATA.x)
    np.testing.assert_array_equal(truth_of(other)["alpha"], TRUTH["alpha"])


def test_student_t_residuals_have_heavy_tails():
    data = simulate(residuals="student_t")
    truth = truth_of(data)
    residuals = data.y - truth["alpha"][data.group] - truth["beta"][data.group] * data.x
    assert np.quantile(np.abs(residuals), 0.5) == pytest.approx(0.85 * 0.774, rel=0.05)
    assert np.abs(residuals).max() > 10


def test_student_t_residuals_have_no_true_sigma():
    assert "sigma" not in truth_of(simulate(residuals="student_t"))


def test_y_scale_scales_the_truth_with_y():
    euros = simulate(y_scale=1)
    np.testing.assert_allclose(euros.y, 100_000 * DATA.y)
    np.testing.assert_allclose(truth_of(euros)["beta"], 100_000 * TRUTH["beta"])
    assert truth_of(euros)["rho"] == 0.716


def test_unstandardised_x_is_refused():
    asked = Config(data=DataConfig("berlin_like", standardize=False))
    with pytest.raises(ConfigError, match=r"^data.standardize=false: data=berlin_like does not re"):
        load_data(asked)
