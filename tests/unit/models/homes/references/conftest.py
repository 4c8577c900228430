import numpy as np
import pytest

from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior


@pytest.fixture(scope="session")
def dataset():
    """Return 5 groups of 1 to 8 rows, one with a single x: slopes may not vary at all."""
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(5), [8, 1, 5, 2, 6])
    x = rng.normal(size=22)
    x[group == 3] = 0.5
    return Rows(
        name="tiny",
        x=x,
        y=2.0 + rng.normal(0, 0.8, 5)[group] + 0.7 * x + rng.normal(0, 0.6, 22),
        group=group,
        labels=tuple("abcde"),
        x_name="x",
        y_name="y",
    )


SCALES = {"mu_alpha": 5.0, "mu_beta": 3.0, "sigma_alpha": 1.0, "sigma_beta": 0.8, "sigma": 1.5}


@pytest.fixture(params=["exponential", "halfnormal"])
def either_prior(request):
    return Hyperprior(request.param, SCALES)


@pytest.fixture
def prior():
    return Hyperprior("exponential", SCALES)
