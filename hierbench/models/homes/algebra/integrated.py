"""Effects and their means integrated out exactly, given the scales.

With theta_j = (alpha_j, beta_j) ~ Normal(mu, S), mu ~ Normal(0, diag(prior_sd^2)) and the rows
of group j Normal about X_j theta_j with sd sigma, write A_j = X_j' X_j / sigma^2. Then

    precision that group j gives about mu   W_j = (A_j^-1 + S)^-1 = (A_j + |A_j| adj S) / D_j
    variance of theta_j given mu            C_j = (S^-1 + A_j)^-1 = (S + |S| adj A_j) / D_j
    with                                    D_j = |I + S A_j| = 1 + tr(S A_j) + |S| |A_j|

in which nothing is inverted: a group whose x does not vary has a singular A_j, and sigma_beta
may come as near 0 as it likes. These are the two-dimensional case of Lindley and Smith (1972),
theorem of section 2. Quadratic forms are sums of squares about the mean of mu, never a
difference of large numbers.
"""

from dataclasses import dataclass

import numpy as np

from hierbench.models.homes.algebra.sufficient import Floats, Sufficient
from hierbench.models.homes.algebra.symmetric import Pair, Symmetric

__all__ = [
    "Effects",
    "Integrated",
    "Scales",
    "effects",
    "integrate",
]


@dataclass(frozen=True)
class Scales:
    """Draws of the scales, each dims (draw,); `rho` is 0 where effects are independent."""

    sigma_alpha: Floats
    sigma_beta: Floats
    sigma: Floats
    rho: Floats

    def covariance(self) -> Symmetric:
        """Return S, the covariance of a group's effects, dims (draw,)."""
        return Symmetric(
            self.sigma_alpha**2,
            self.rho * self.sigma_alpha * self.sigma_beta,
            self.sigma_beta**2,
            (self.sigma_alpha * self.sigma_beta) ** 2 * (1.0 - self.rho) * (1.0 + self.rho),
        )


@dataclass(frozen=True)
class Integrated:
    """What is left when the effects and mu are integrated out, dims (draw,).

    Attributes
    ----------
    log_density : ndarray
        Of y given the scales, normalised.
    mean : Pair
        Of mu given the scales and y.
    covariance : Symmetric
        Of mu given the scales and y.
    """

    log_density: Floats
    mean: Pair
    covariance: Symmetric


@dataclass(frozen=True)
class Effects:
    """A Normal for every group's (alpha, beta), dims (draw, group)."""

    mean: Pair
    covariance: Symmetric


@dataclass(frozen=True)
class _Terms:
    """What every group contributes at every draw; S and sigma dims (draw, 1)."""

    groups: Sufficient
    spread: Symmetric
    variance: Floats
    information: Symmetric
    d: Floats

    @classmethod
    def of(cls, groups: Sufficient, scales: Scales) -> "_Terms":
        flat = scales.covariance()
        spread = Symmetric(*(entry[:, None] for entry in vars(flat).values()))
        variance = scales.sigma[:, None] ** 2
        information = Symmetric(
            groups.rows / variance,
            groups.rows * groups.x_mean / variance,
            (groups.x_squares + groups.rows * groups.x_mean**2) / variance,
            groups.rows * groups.x_squares / variance**2,
        )
        d = 1.0 + spread.trace_with(information) + spread.det * information.det
        return cls(groups, spread, variance, information, d)

    def score(self, mu: Pair) -> Pair:
        """Return v with E[theta_j | mu] = mu + S v; dims (draw, group).

        v = (I + A S)^-1 X' (y - X mu) / sigma^2, and (I + A S)^-1 = (I + adj S adj A) / D.
        """
        groups = self.groups
        intercept = groups.rows * (groups.y_mean - mu.alpha - groups.x_mean * mu.beta)
        slope = groups.products - groups.x_squares * mu.beta
        raw = Pair(intercept / self.variance, (groups.x_mean * intercept + slope) / self.variance)
        more = self.spread.adjugate().times(self.information.adjugate().times(raw))
        return Pair((raw.alpha + more.alpha) / self.d, (raw.beta + more.beta) / self.d)

    def given_mu(self, mu: Pair) -> tuple[Pair, Symmetric]:
        """Return mean and covariance C_j of theta_j given mu; dims (draw, group)."""
        step = self.spread.times(self.score(mu))
        adjugate, det = self.information.adjugate(), self.spread.det
        covariance = Symmetric(
            (self.spread.alpha + det * adjugate.alpha) / self.d,
            (self.spread.cross + det * adjugate.cross) / self.d,
            (self.spread.beta + det * adjugate.beta) / self.d,
            det / self.d,
        )
        return Pair(mu.alpha + step.alpha, mu.beta + step.beta), covariance


def integrate(groups: Sufficient, scales: Scales, prior_sd: tuple[float, float]) -> Integrated:
    """Return the log density of y given each draw of the scales, and mu's Normal.

    Parameters
    ----------
    prior_sd
        Of mu_alpha and of mu_beta.
    """
    terms = _Terms.of(groups, scales)
    prior = Pair(*(np.array(1.0 / sd**2) for sd in prior_sd))
    precision = _precision(terms, prior)
    covariance = precision.inverse()
    zero = Pair(np.zeros(()), np.zeros(()))
    pull = terms.score(zero)
    mean = covariance.times(Pair(pull.alpha.sum(axis=1), pull.beta.sum(axis=1)))
    # At its mean, the Normal of mu given y leaves its normalising constant alone.
    at_mean = np.log(precision.det / (prior.alpha * prior.beta))
    at_mean += prior.alpha * mean.alpha**2 + prior.beta * mean.beta**2
    return Integrated(_log_density(terms, mean) - 0.5 * at_mean, mean, covariance)


def effects(groups: Sufficient, scales: Scales, over: Integrated) -> Effects:
    """Return every group's Normal given the scales alone, mu integrated out too.

    Its covariance is C_j + T_j Cov(mu) T_j', with T_j = I - C_j A_j.
    """
    terms = _Terms.of(groups, scales)
    mean, inner = terms.given_mu(Pair(over.mean.alpha[:, None], over.mean.beta[:, None]))
    known, d = terms.information.adjugate(), terms.d
    spread = terms.spread.adjugate()
    # The rows of T = (I + adj A adj S) / D.
    first = Pair(
        (1.0 + known.alpha * spread.alpha + known.cross * spread.cross) / d,
        (known.alpha * spread.cross + known.cross * spread.beta) / d,
    )
    second = Pair(
        (known.cross * spread.alpha + known.beta * spread.cross) / d,
        (1.0 + known.cross * spread.cross + known.beta * spread.beta) / d,
    )
    of_mu = Symmetric(*(entry[:, None] for entry in vars(over.covariance).values()))
    moved = of_mu.times(second)
    alpha, beta = inner.alpha + of_mu.form(first), inner.beta + of_mu.form(second)
    cross = inner.cross + first.alpha * moved.alpha + first.beta * moved.beta
    return Effects(mean, Symmetric(alpha, cross, beta, alpha * beta - cross**2))


def _precision(terms: _Terms, prior: Pair) -> Symmetric:
    """Return the precision of mu given the scales and y, dims (draw,)."""
    adjugate, det = terms.spread.adjugate(), terms.information.det
    known = terms.information
    alpha = prior.alpha + ((known.alpha + det * adjugate.alpha) / terms.d).sum(axis=1)
    cross = ((known.cross + det * adjugate.cross) / terms.d).sum(axis=1)
    beta = prior.beta + ((known.beta + det * adjugate.beta) / terms.d).sum(axis=1)
    return Symmetric(alpha, cross, beta, alpha * beta - cross**2)


def _log_density(terms: _Terms, mu: Pair) -> Floats:
    """Return the log density of y given the scales and `mu`, dims (draw,).

    Its quadratic form is the least over theta_j of
    |y - X theta|^2 / sigma^2 + (theta - mu)' S^-1 (theta - mu), where the second is v' S v.
    """
    groups, mu = terms.groups, Pair(mu.alpha[:, None], mu.beta[:, None])
    score = terms.score(mu)
    step = terms.spread.times(score)
    alpha, beta = mu.alpha + step.alpha, mu.beta + step.beta
    intercept = groups.y_mean - alpha - groups.x_mean * beta
    rows = groups.rows * intercept**2 + groups.x_squares * (groups.slopes - beta) ** 2
    rows += groups.residual_squares
    squares = (rows / terms.variance + terms.spread.form(score) + np.log(terms.d)).sum(axis=1)
    volume = groups.rows.sum() * np.log(2.0 * np.pi * terms.variance[:, 0])
    return np.asarray(-0.5 * (volume + squares))
