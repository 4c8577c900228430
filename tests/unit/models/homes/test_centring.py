"""How far effects are centred: by the data alone, from not at all to wholly."""

import numpy as np
import pytest

from hierbench.models.homes.centring import weights
from hierbench.models.homes.rows import Rows


def simulated(rows, spread, noise, scale=1.0):
    """Return 12 groups of `rows` rows, effects of sd `spread`, residuals of sd `noise`."""
    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(12), rows)
    x = rng.normal(size=12 * rows)
    alpha, beta = rng.normal(0, spread, (2, 12))
    y = alpha[group] + beta[group] * x + rng.normal(0, noise, 12 * rows)
    return Rows("simulated", x, scale * y, group, tuple("abcdefghijkl"), "x", "y")


@pytest.mark.parametrize("effect", [0, 1])
def test_rich_groups_are_centred(effect):
    assert weights(simulated(200, spread=2.0, noise=0.5))["weights"][effect].min() > 0.98


@pytest.mark.parametrize("effect", [0, 1])
def test_groups_that_do_not_differ_are_not_centred(effect):
    assert weights(simulated(3, spread=0.0, noise=5.0))["weights"][effect].max() < 0.2


@pytest.mark.parametrize("scale", [1e-3, 1e5])
def test_weights_have_no_unit(scale):
    one, other = (weights(simulated(4, 1.0, 1.0, by)) for by in (1.0, scale))
    np.testing.assert_allclose(other["weights"], one["weights"], rtol=1e-3)


def test_a_group_of_more_rows_is_centred_further():
    data = simulated(6, 1.0, 1.0)
    keep = np.r_[0:2, 6:72]
    fewer = Rows("fewer", data.x[keep], data.y[keep], data.group[keep], data.labels, "x", "y")
    weight = weights(fewer)["weights"][0]
    assert weight[0] < weight[1:].min()
    np.testing.assert_allclose(weight[1:], weight[1])
