import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets import radon

DATA = radon.load(DataConfig(name="radon", standardize=False))


def test_radon_sizes():
    sizes = DATA.group_sizes
    assert (len(DATA.y), len(sizes)) == (919, 85)
    assert (sizes.min(), np.median(sizes), sizes.max()) == (1, 5, 116)


def test_radon_x_is_the_floor():
    assert set(DATA.x) == {0.0, 1.0}


def test_radon_counties_without_a_floor_contrast():
    on_first_floor = np.bincount(DATA.group, DATA.x)
    without = (on_first_floor == 0) | (on_first_floor == DATA.group_sizes)
    assert without.sum() == 25


def test_radon_outcome_is_log_of_activity_and_a_tenth():
    tenths = 10 * (np.exp(DATA.y) - 0.1)
    np.testing.assert_allclose(tenths, np.rint(tenths), atol=1e-10)
    assert DATA.y.min() == pytest.approx(np.log(0.1))
