import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets import sacramento

DATA = sacramento.load(DataConfig(name="sacramento", y_scale=100_000))


def test_sacramento_sizes():
    sizes = DATA.group_sizes
    assert (len(DATA.y), len(sizes), np.median(sizes), sizes.max()) == (932, 68, 10, 61)
    assert (sizes == 1).sum() == 9


def test_sacramento_standardisation():
    assert (DATA.x_mean, DATA.x_sd) == pytest.approx((1680.318669527897, 725.8766509526463))


def test_sacramento_labels_are_five_digits():
    assert all(len(label) == 5 and label.isdigit() for label in DATA.labels)


def test_sacramento_first_row():
    assert (DATA.y[0], DATA.labels[DATA.group[0]]) == (0.59222, "95838")
