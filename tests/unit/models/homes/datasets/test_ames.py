import numpy as np

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets import ames

DATA = ames.load(DataConfig(name="ames", y_scale=100_000))


def test_ames_sizes():
    sizes = DATA.group_sizes
    assert (len(DATA.y), len(sizes)) == (2930, 28)
    assert (sizes.min(), np.median(sizes), sizes.max()) == (1, 82.5, 443)


def test_ames_first_row():
    assert (DATA.y[0], DATA.labels[DATA.group[0]]) == (2.15, "North_Ames")
