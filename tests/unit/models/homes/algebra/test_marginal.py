"""The kernel against the Normal of all rows written out, and the laws of a sum over groups."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from hierbench.models.homes.algebra.marginal import (
    LANES,
    PARAMETERS,
    blocks_of,
    log_density_and_gradient,
)
from hierbench.models.homes.algebra.sufficient import MOMENTS, Sufficient, sufficient

POINT = {
    "mu_alpha": 2.5,
    "mu_beta": -0.5,
    "sigma_alpha": 0.7,
    "sigma_beta": 0.4,
    "rho": 0.3,
    "sigma": 0.9,
}


def evaluated(groups, point):
    """Return the density, and its derivatives as an array."""
    found = log_density_and_gradient(*(point[name] for name in PARAMETERS), blocks_of(groups))
    return found[0], np.array(found[1:])


def groups_of(number, unit=1.0):
    """Return the statistics of `number` groups of 1 to 6 rows."""
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(number), rng.integers(1, 7, number))
    x, y = rng.normal(size=(2, len(group)))
    return sufficient(x, unit * y, group, number)


def part(groups, chosen):
    return Sufficient(**{name: value[chosen] for name, value in vars(groups).items()})


def test_density_is_that_of_all_rows(joint, point):
    """A prior of mu as good as a point leaves the covariance that the effects give."""
    at = {**POINT, **point}
    of_y, _, _ = replace(joint, prior_sd=(0.0, 0.0)).covariances(point)
    mean = at["mu_alpha"] + at["mu_beta"] * joint.x
    expected = multivariate_normal.logpdf(joint.y, mean, of_y)
    assert evaluated(joint.statistics, at)[0] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("name", PARAMETERS)
def test_derivatives_are_the_densitys(joint, point, name):
    """A central difference of step h is off by h^2 / 6 third derivatives, and by eps / h."""
    at = {**POINT, **point}
    step = 1e-5 * max(abs(at[name]), 1e-3)
    up, down = (
        evaluated(joint.statistics, {**at, name: at[name] + move})[0] for move in (step, -step)
    )
    density, derivatives = evaluated(joint.statistics, at)
    found = derivatives[PARAMETERS.index(name)]
    rounding = 10 * np.finfo(float).eps * abs(density) / step
    assert found == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=rounding)


positive = st.floats(1e-20, 1e6)


@settings(max_examples=200)
@given(positive, positive, positive, st.floats(-0.999, 0.999), st.integers(1, 3 * LANES))
def test_groups_add_up(sigma_alpha, sigma_beta, sigma, rho, number):
    """Also where the product of their determinants is past every float64."""
    scales = {"sigma_alpha": sigma_alpha, "sigma_beta": sigma_beta, "sigma": sigma, "rho": rho}
    groups = groups_of(number)
    alone = [evaluated(part(groups, [place]), {**POINT, **scales}) for place in range(number)]
    density, derivatives = evaluated(groups, {**POINT, **scales})
    densities, gradients = (np.array(found) for found in zip(*alone, strict=True))
    rounding = 4 * number * np.finfo(float).eps
    size = np.abs(densities).sum()
    assert abs(density - densities.sum()) <= rounding * size
    # A derivative by a scale is a difference of terms of the density's size over the scale.
    terms = np.abs(gradients).sum(axis=0)
    terms += (size + groups.rows.sum()) / [np.inf, np.inf, sigma_alpha, sigma_beta, 1, sigma]
    assert np.all(np.abs(derivatives - gradients.sum(axis=0)) <= rounding * terms)


def test_determinants_beyond_float64_do_not_overflow():
    """With effects 1e20 times the noise each of 5,000 groups has a determinant of 1e40 and more."""
    number = 5_000
    wide = {**POINT, "sigma_alpha": 1e20, "sigma_beta": 1e20, "sigma": 1.0}
    density, derivatives = evaluated(groups_of(number), wide)
    assert -1e3 * number < density < -0.5 * number * np.log(1e40)
    assert np.isfinite(derivatives).all()


@pytest.mark.parametrize("name", PARAMETERS)
def test_nan_gives_nan(joint, name):
    assert np.isnan(evaluated(joint.statistics, {**POINT, name: np.nan})[0])


@pytest.mark.parametrize("number", [1, LANES, LANES + 1])
def test_blocks_hold_every_group_and_fill_up_with_none(number):
    groups = groups_of(number)
    blocks = blocks_of(groups)
    flat = blocks.swapaxes(0, 1).reshape(len(MOMENTS), -1)
    assert blocks.shape == (-(-number // LANES), len(MOMENTS), LANES)
    for place, name in enumerate(MOMENTS):
        np.testing.assert_array_equal(flat[place, :number], getattr(groups, name))
        assert not flat[place, number:].any()
