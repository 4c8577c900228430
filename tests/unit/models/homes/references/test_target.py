import numpy as np
import pytest
from scipy.stats import beta, expon, halfnorm, multivariate_normal

from hierbench.models.homes.algebra.sufficient import sufficient
from tests.benchmarks.references.target import MODELS, Target

POINTS = np.random.default_rng(2).normal(0, 0.7, (6, 4))


@pytest.mark.parametrize("model", MODELS)
def test_density_is_that_of_rows_and_priors(model, dataset, either_prior):
    """Per point: log Normal of all rows, log priors of the scales and the log-Jacobian."""
    groups = sufficient(dataset.x, dataset.y, dataset.group, 5)
    points = POINTS[:, : len(MODELS[model])]
    found, _, _ = Target(groups, model, either_prior).evaluate(points)
    expected = [log_density(dataset, either_prior, point) for point in points]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def log_density(dataset, prior, point):
    family = expon if prior.family == "exponential" else halfnorm
    sigma_alpha, sigma_beta, sigma = np.exp(point[:3])
    rho = np.tanh(point[3]) if len(point) > 3 else 0.0
    off = rho * sigma_alpha * sigma_beta
    spread = np.array([[sigma_alpha**2, off], [off, sigma_beta**2]])
    design = np.column_stack([np.ones_like(dataset.x), dataset.x])
    same = dataset.group[:, None] == dataset.group
    of_mu = np.diag([prior.scales["mu_alpha"] ** 2, prior.scales["mu_beta"] ** 2])
    covariance = design @ of_mu @ design.T + same * (design @ spread @ design.T)
    covariance += sigma**2 * np.eye(len(dataset.y))
    total = multivariate_normal.logpdf(dataset.y, np.zeros(len(dataset.y)), covariance)
    for name, z in zip(("sigma_alpha", "sigma_beta", "sigma"), point, strict=False):
        total += family.logpdf(np.exp(z), scale=prior.scales[name]) + z
    if len(point) > 3:
        # (rho + 1) / 2 ~ Beta(2, 2), and d rho / dz = 1 - rho^2.
        total += beta.logpdf((rho + 1) / 2, 2, 2) - np.log(2) + np.log(1 - rho**2)
    return total


def test_density_is_finite_far_out(dataset, prior):
    groups = sufficient(dataset.x, dataset.y, dataset.group, 5)
    far = np.array([[-30.0, -30.0, -5.0, 20.0], [5.0, 5.0, 5.0, -20.0]])
    assert np.isfinite(Target(groups, "correlated", prior).evaluate(far)[0]).all()
