"""The algebra against the Normal joint distribution, its covariances written out in full."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from hierbench.models.homes.algebra.integrated import Scales, effects, integrate
from hierbench.models.homes.algebra.sufficient import sufficient
from tests.unit.models.homes.algebra.conftest import PRIOR_SD

CLOSE = {"rtol": 1e-7, "atol": 1e-9}  # of the matrices written out, at their worst conditioned


def test_log_density_is_that_of_all_rows(joint, point, scales):
    of_y, _, _ = joint.covariances(point)
    expected = multivariate_normal.logpdf(joint.y, np.zeros(len(joint.y)), of_y)
    found = integrate(joint.statistics, scales, PRIOR_SD).log_density
    assert found == pytest.approx(expected, rel=1e-7)


def test_mu_is_the_joint_posteriors(joint, point, scales):
    mean, covariance = joint.posterior(point)
    over = integrate(joint.statistics, scales, PRIOR_SD)
    np.testing.assert_allclose(np.ravel(over.mean), mean[-2:], **CLOSE)
    of = over.covariance
    found = np.array([[of.alpha[0], of.cross[0]], [of.cross[0], of.beta[0]]])
    np.testing.assert_allclose(found, covariance[-2:, -2:], **CLOSE)


def test_effects_are_the_joint_posteriors(joint, point, scales):
    mean, covariance = joint.posterior(point)
    groups = joint.statistics
    of = effects(groups, scales, integrate(groups, scales, PRIOR_SD))
    np.testing.assert_allclose(np.ravel(of.mean.alpha), mean[:-2:2], **CLOSE)
    np.testing.assert_allclose(np.ravel(of.mean.beta), mean[1:-2:2], **CLOSE)
    variances, crosses = np.diag(covariance), np.diag(covariance, 1)
    np.testing.assert_allclose(np.ravel(of.covariance.alpha), variances[:-2:2], **CLOSE)
    np.testing.assert_allclose(np.ravel(of.covariance.beta), variances[1:-2:2], **CLOSE)
    np.testing.assert_allclose(np.ravel(of.covariance.cross), crosses[:-2:2], **CLOSE)


@pytest.mark.parametrize("unit", [1e5, 1e-3])
def test_log_density_in_other_units_of_y(joint, point, scales, unit):
    """y in units u changes the log density by -n log u, at any conditioning."""
    groups = joint.statistics
    moved = replace(
        scales,
        **{name: getattr(scales, name) * unit for name in ("sigma_alpha", "sigma_beta", "sigma")},
    )
    far = sufficient(joint.x, joint.y * unit, joint.group, joint.groups)
    found = integrate(far, moved, (PRIOR_SD[0] * unit, PRIOR_SD[1] * unit)).log_density
    expected = integrate(groups, scales, PRIOR_SD).log_density - len(joint.y) * np.log(unit)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


def test_log_density_keeps_its_digits_far_from_zero(joint):
    """With a flat prior a shift of y by 1e7 sds only shifts mu_alpha; raw sums would lose it."""
    plain = Scales(*np.array([[0.7], [0.4], [0.9], [0.3]]))
    far = sufficient(joint.x, joint.y + 1e7, joint.group, joint.groups)
    flat = (1e12, 3.0)
    one, other = integrate(joint.statistics, plain, flat), integrate(far, plain, flat)
    np.testing.assert_allclose(other.log_density, one.log_density, atol=1e-7)
    np.testing.assert_allclose(other.mean.alpha, one.mean.alpha + 1e7, rtol=1e-12)
    np.testing.assert_allclose(other.mean.beta, one.mean.beta, atol=1e-6)


def test_draws_do_not_see_each_other(joint):
    """Many draws at once are each one alone."""
    rng = np.random.default_rng(5)
    many = Scales(*rng.uniform(0.1, 0.9, (4, 7)))
    together = integrate(joint.statistics, many, PRIOR_SD)
    each = [Scales(*row) for row in np.array(list(vars(many).values())).T[..., None]]
    alone = [integrate(joint.statistics, one, PRIOR_SD) for one in each]
    np.testing.assert_allclose(together.log_density, [one.log_density[0] for one in alone])
    of = effects(joint.statistics, many, together)
    apart = [effects(joint.statistics, one, over) for one, over in zip(each, alone, strict=True)]
    np.testing.assert_allclose(of.mean.beta, np.vstack([one.mean.beta for one in apart]))
