import numpy as np
import pytest

from hierbench.models.homes.algebra.draws import draw_effects
from hierbench.models.homes.algebra.marginal import PARAMETERS, blocks_of

NUMBER = 40_000
MU = np.array([2.0, -1.0])


def drawn_at(joint, hyper, seed, cores):
    rng = np.random.default_rng(seed)
    return draw_effects(hyper, blocks_of(joint.statistics), joint.groups, rng, cores=cores)


def drawn(joint, point, number=NUMBER, chains=1, seed=1, cores=1):
    values = {"mu_alpha": MU[0], "mu_beta": MU[1], **point}
    hyper = np.array([np.full((chains, number), values[name]) for name in PARAMETERS])
    return drawn_at(joint, hyper, seed, cores)


def test_draws_have_the_conditionals_moments(joint, point):
    (alpha,), (beta,) = drawn(joint, point)
    mean, covariance = joint.given_mu(point, MU)
    for place, values in enumerate((alpha, beta)):
        expected, variance = mean[place::2], np.diag(covariance)[place::2]
        # 5 standard errors: one in 2 million per comparison.
        assert np.abs((values.mean(axis=0) - expected) / np.sqrt(variance / NUMBER)).max() < 5
        assert values.var(axis=0) == pytest.approx(variance, rel=5 * np.sqrt(2 / NUMBER))
    for group in range(joint.groups):
        block = covariance[2 * group : 2 * group + 2, 2 * group : 2 * group + 2]
        expected = block[0, 1] / np.sqrt(block[0, 0] * block[1, 1])
        found = np.corrcoef(alpha[:, group], beta[:, group])[0, 1]
        assert found == pytest.approx(expected, abs=5 / np.sqrt(NUMBER))


def test_draws_of_groups_are_independent_given_mu(joint, point):
    (alpha,), _ = drawn(joint, point)
    others = np.corrcoef(alpha.T) - np.eye(joint.groups)
    assert np.abs(others).max() < 5 / np.sqrt(NUMBER)


def test_draws_are_seeded(joint, point):
    np.testing.assert_array_equal(drawn(joint, point, 50), drawn(joint, point, 50))
    assert not np.array_equal(drawn(joint, point, 50), drawn(joint, point, 50, seed=2))


def test_draws_do_not_depend_on_cores(joint, point):
    one, two = (drawn(joint, point, 50, chains=3, cores=cores) for cores in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_chains_have_streams_of_their_own(joint, point):
    (first, second), _ = drawn(joint, point, 50, chains=2)
    assert not np.isin(first, second).any()


def test_draws_follow_their_own_hyperparameters(joint):
    """Without spread the effects are the means, draw for draw."""
    means = np.arange(10.0).reshape(2, 5)
    values = {"mu_alpha": means, "mu_beta": -means, "rho": 0.0, "sigma": 1.0}
    values |= {"sigma_alpha": 1e-9, "sigma_beta": 1e-9}
    hyper = np.array([np.broadcast_to(values[name], means.shape) for name in PARAMETERS])
    alpha, beta = drawn_at(joint, hyper, 1, 2)
    expected = np.repeat(means[..., None], joint.groups, axis=2)
    np.testing.assert_allclose(alpha, expected, atol=1e-6)
    np.testing.assert_allclose(beta, -expected, atol=1e-6)
