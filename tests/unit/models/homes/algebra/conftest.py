"""A small design, and the Normal joint distribution of mu, effects and y written out in full."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hierbench.models.homes.algebra.integrated import Scales
from hierbench.models.homes.algebra.sufficient import sufficient

PRIOR_SD = (5.0, 3.0)


@dataclass(frozen=True)
class Joint:
    """Rows (x, y, group) and, given scales, the covariances that they imply; no algebra."""

    x: np.ndarray
    y: np.ndarray
    group: np.ndarray
    groups: int
    prior_sd: tuple[float, float] = PRIOR_SD

    @property
    def statistics(self):
        return sufficient(self.x, self.y, self.group, self.groups)

    def covariances(self, point):
        """Return Cov of y, of (effects, mu) with y, and of (effects, mu); `point` is a dict."""
        size = 2 * self.groups
        of_mu = np.diag(np.square(self.prior_sd))
        off = point["rho"] * point["sigma_alpha"] * point["sigma_beta"]
        spread = np.array([[point["sigma_alpha"] ** 2, off], [off, point["sigma_beta"] ** 2]])
        copies = np.vstack([np.tile(np.eye(2), (self.groups, 1)), np.eye(2)])
        hidden = copies @ of_mu @ copies.T
        hidden[:size, :size] += np.kron(np.eye(self.groups), spread)
        rows = np.arange(len(self.y))
        design = np.zeros((len(self.y), size + 2))
        design[rows, 2 * self.group] = 1.0
        design[rows, 2 * self.group + 1] = self.x
        cross = hidden @ design.T
        return design @ cross + point["sigma"] ** 2 * np.eye(len(self.y)), cross, hidden

    def posterior(self, point):
        """Return mean and covariance of (alpha_1, beta_1, alpha_2, ..., mu) given y."""
        of_y, cross, hidden = self.covariances(point)
        return cross @ np.linalg.solve(of_y, self.y), hidden - cross @ np.linalg.solve(
            of_y, cross.T
        )

    def given_mu(self, point, mu):
        """Return mean and covariance of (alpha_1, beta_1, alpha_2, ...) given mu and y."""
        about = replace(self, y=self.y - mu[0] - mu[1] * self.x, prior_sd=(0.0, 0.0))
        mean, covariance = about.posterior(point)
        return mean[:-2] + np.tile(mu, self.groups), covariance[:-2, :-2]


@pytest.fixture(scope="session")
def joint():
    """Return groups of 3, 1 and 4 rows, one of 2 whose x does not vary, and one without rows."""
    rng = np.random.default_rng(3)
    group = np.array([2, 0, 0, 3, 3, 1, 0, 2, 2, 2])
    x = rng.normal(0.5, 1.0, size=10)
    x[group == 3] = 1.0
    return Joint(x, 3.0 + rng.normal(size=10), group, 5)


POINTS = [
    {"sigma_alpha": 0.7, "sigma_beta": 0.4, "sigma": 0.9, "rho": 0.0},
    {"sigma_alpha": 1.7, "sigma_beta": 2.4, "sigma": 0.3, "rho": -0.8},
    {"sigma_alpha": 0.1, "sigma_beta": 1e-9, "sigma": 1.2, "rho": 0.5},
    {"sigma_alpha": 50.0, "sigma_beta": 0.2, "sigma": 0.05, "rho": 0.999},
]


@pytest.fixture(params=POINTS, ids=["plain", "correlated", "no slopes vary", "far apart"])
def point(request):
    return request.param


@pytest.fixture
def scales(point):
    return Scales(**{name: np.array([value]) for name, value in point.items()})
