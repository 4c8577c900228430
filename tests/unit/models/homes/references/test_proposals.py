"""Densities and draws of the proposals belong together, or every weight would be wrong."""

import numpy as np
import pytest
from scipy.stats import multivariate_t

from tests.benchmarks.references.mixture import FREEDOM, Mixture
from tests.benchmarks.references.near_zero import Guarded, guarded

CENTERS = np.array([[0.0, 1.0, -0.5], [2.0, -1.0, 0.5]])
FACTORS = np.array(
    [
        [[1.0, 0.0, 0.0], [0.3, 0.5, 0.0], [0.1, -0.2, 0.4]],
        [[0.7, 0.0, 0.0], [-0.3, 0.6, 0.0], [0.0, 0.2, 0.9]],
    ]
)
MIXTURE = Mixture(np.array([0.3, 0.7]), CENTERS, FACTORS)
GUARDED = Guarded(
    MIXTURE,
    np.array([0.1, 0.25]),
    (
        Mixture(np.ones(1), CENTERS[:1, 1:], FACTORS[:1, 1:, 1:]),
        Mixture(np.ones(1), CENTERS[1:, 1:], FACTORS[1:, 1:, 1:]),
    ),
    np.log([0.5, 0.2]),
)
PROPOSAL = pytest.mark.parametrize("proposal", [MIXTURE, GUARDED], ids=["mixture", "guarded"])
WIDE = multivariate_t(np.array([1.0, -1.0, 0.0]), np.diag([9.0, 9.0, 4.0]), df=3)


def test_mixture_density_is_scipys():
    points = WIDE.rvs(20, random_state=1)
    parts = [
        share * multivariate_t(center, factor @ factor.T, df=FREEDOM).pdf(points)
        for share, center, factor in zip(MIXTURE.shares, CENTERS, FACTORS, strict=True)
    ]
    np.testing.assert_allclose(MIXTURE.log_density(points), np.log(sum(parts)), rtol=1e-10)


@PROPOSAL
def test_density_integrates_to_one(proposal):
    points = WIDE.rvs(200_000, random_state=2)
    ratio = np.exp(proposal.log_density(points) - WIDE.logpdf(points))
    assert ratio.mean() == pytest.approx(1.0, abs=5 * ratio.std() / len(ratio) ** 0.5)


@PROPOSAL
@pytest.mark.parametrize("edge", [-3.0, -1.5, -0.5, 0.5, 2.0])
@pytest.mark.parametrize("entry", [0, 1, 2])
def test_draws_have_the_density(proposal, entry, edge):
    """The share of draws below an edge is the density's integral there, by importance sampling."""
    number = 50_000
    drawn = proposal.draw(np.random.default_rng(3), number)[:, entry] < edge
    points = WIDE.rvs(number, random_state=4)
    ratio = np.exp(proposal.log_density(points) - WIDE.logpdf(points)) * (points[:, entry] < edge)
    error = np.sqrt((drawn.var() + ratio.var()) / number)
    assert drawn.mean() == pytest.approx(ratio.mean(), abs=5 * error)


def test_improving_on_own_draws_changes_little():
    """Draws of the mixture itself, equally weighted, show that it is right as it is."""
    points = MIXTURE.draw(np.random.default_rng(5), 100_000)
    again = MIXTURE.improved(points, np.full(len(points), 1 / len(points)))
    np.testing.assert_allclose(again.shares, MIXTURE.shares, atol=0.02)
    np.testing.assert_allclose(again.centers, CENTERS, atol=0.03)
    np.testing.assert_allclose(again.factors, FACTORS, atol=0.03)


def test_guards_take_the_targets_own_share_near_zero():
    """With sigma_beta uniform on (0, 1), a quarter lies below half its mean."""
    rng = np.random.default_rng(6)
    points = MIXTURE.draw(rng, 20_000)
    points[:, 0] = np.log(rng.normal(1.0, 0.05, len(points)))
    points[:, 1] = np.log(rng.random(len(points)))
    of = guarded(MIXTURE, points, np.full(len(points), 1 / len(points)))
    assert of.shares == pytest.approx([0.01, 0.25], abs=0.01)
    assert np.exp(of.log_tops) == pytest.approx([0.5, 0.25], abs=0.01)
