import numpy as np
import pytest

from hierbench.algebra import draws as module
from hierbench.algebra.draws import draw_effects
from hierbench.algebra.integrated import Scales, effects_given_mu
from hierbench.algebra.symmetric import Pair

NUMBER = 40_000


def drawn(joint, point, number=NUMBER, seed=1):
    scales = Scales(**{name: np.full(number, value) for name, value in point.items()})
    mu = Pair(np.full(number, 2.0), np.full(number, -1.0))
    return draw_effects(joint.statistics, scales, mu, np.random.default_rng(seed))


def test_draws_have_the_conditionals_moments(joint, point, scales):
    alpha, beta = drawn(joint, point)
    of = effects_given_mu(joint.statistics, scales, Pair(np.array([2.0]), np.array([-1.0])))
    for values, mean, variance in (
        (alpha, of.mean.alpha[0], of.covariance.alpha[0]),
        (beta, of.mean.beta[0], of.covariance.beta[0]),
    ):
        # 5 standard errors: one in 2 million per comparison.
        z = (values.mean(axis=0) - mean) / np.sqrt(variance / NUMBER)
        assert np.abs(z).max() < 5
        assert values.var(axis=0) == pytest.approx(variance, rel=5 * np.sqrt(2 / NUMBER))
    expected = of.covariance.cross[0] / np.sqrt(of.covariance.alpha[0] * of.covariance.beta[0])
    for j in range(joint.groups):
        found = np.corrcoef(alpha[:, j], beta[:, j])[0, 1]
        assert found == pytest.approx(expected[j], abs=5 / np.sqrt(NUMBER))


def test_draws_of_groups_are_independent_given_mu(joint, point):
    alpha, _ = drawn(joint, point)
    others = np.corrcoef(alpha.T) - np.eye(joint.groups)
    assert np.abs(others).max() < 5 / np.sqrt(NUMBER)


def test_draws_are_seeded(joint, point):
    np.testing.assert_array_equal(drawn(joint, point, 50), drawn(joint, point, 50))
    assert not np.array_equal(drawn(joint, point, 50), drawn(joint, point, 50, seed=2))


def test_draws_follow_their_own_hyperparameters(joint, monkeypatch):
    """Blocks pair each draw of the effects with its own scales and mu, and miss none."""
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 3 * joint.groups)
    number = 10
    tiny = np.full(number, 1e-9)
    scales = Scales(tiny, tiny, np.ones(number), np.zeros(number))
    mu = Pair(np.arange(number, dtype=float), -np.arange(number, dtype=float))
    alpha, beta = draw_effects(joint.statistics, scales, mu, np.random.default_rng(1))
    np.testing.assert_allclose(alpha, np.tile(mu.alpha[:, None], joint.groups), atol=1e-6)
    np.testing.assert_allclose(beta, np.tile(mu.beta[:, None], joint.groups), atol=1e-6)
