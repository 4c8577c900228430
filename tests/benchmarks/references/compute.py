"""Reference posteriors: importance sampling of the scales, all else by exact algebra.

Every estimand's mean and variance given the scales is known (Rao and Blackwell), so the
weights average those: a posterior of hundreds of dimensions is known to a few thousandths of
its sds from proposals in three or four.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hierbench.errors import ConfigError
from hierbench.models.homes.algebra.integrated import effects
from hierbench.models.homes.algebra.sufficient import Floats, sufficient
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior, Reference
from tests.benchmarks.references.importance import effective_size, normalised, pareto_k
from tests.benchmarks.references.proposal import fitted, log_densities
from tests.benchmarks.references.target import MODELS, Target

__all__ = ["Computed", "compute", "summary"]

AT_ONCE = 500  # proposals: 60 MB at 2,000 groups


@dataclass(frozen=True)
class Computed:
    """A reference posterior, and how far it may be trusted.

    Attributes
    ----------
    importance_ess : float
        Of `proposals` weights.
    pareto_k : float
        Of the largest weights; over 0.5 the errors in `reference` are not to be trusted.
    log_marginal : float
        Log marginal likelihood of y, hyperpriors normalised.
    """

    reference: Reference
    proposals: int
    seed: int
    importance_ess: float
    pareto_k: float
    log_marginal: float


def compute(
    dataset: Rows, model: str, prior: Hyperprior, *, name: str, proposals: int, seed: int
) -> Computed:
    """Return the posterior's means and sds with their Monte Carlo standard errors.

    Raises
    ------
    ConfigError
        The model's effects do not integrate out.
    SamplingError
        The proposal could not be fitted.
    """
    if model not in MODELS:
        raise ConfigError(
            f"model={model}: no reference can be computed; allowed are {', '.join(MODELS)}"
        )
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    target, rng = Target(groups, model, prior), np.random.default_rng(seed)
    proposal = fitted(target, rng)
    points = proposal.draw(rng, proposals)
    log_weights = log_densities(target, points, AT_ONCE) - proposal.log_density(points)
    weights = normalised(log_weights)
    shift = log_weights.max()
    return Computed(
        reference=summary(name, target, points, weights),
        proposals=proposals,
        seed=seed,
        importance_ess=effective_size(weights),
        pareto_k=pareto_k(log_weights),
        log_marginal=float(shift + np.log(np.exp(log_weights - shift).mean())),
    )


def summary(name: str, target: Target, points: Floats, weights: Floats) -> Reference:
    """Return means and sds of all estimands under weighted points of the scales.

    Monte Carlo errors are those of a self-normalised importance estimate, by the delta method
    (Owen 2013, section 9.2): with q the estimate's influence, sqrt(sum w^2 q^2).
    """
    estimands = 2 + target.dimensions + 2 * len(target.groups.rows)
    mean, variance, of_mean, of_variance = np.zeros((4, estimands))
    for w, m, _ in conditional(target, points, weights):
        mean += w @ m
    for w, m, v in conditional(target, points, weights):
        squares = (m - mean) ** 2
        variance += w @ (v + squares)
        of_mean += w**2 @ squares
    for w, m, v in conditional(target, points, weights):
        of_variance += w**2 @ (v + (m - mean) ** 2 - variance) ** 2
    sd = np.sqrt(variance)
    return Reference(
        name,
        mean=by_estimand(target, mean),
        sd=by_estimand(target, sd),
        mcse_mean=by_estimand(target, np.sqrt(of_mean)),
        mcse_sd=by_estimand(target, np.sqrt(of_variance) / (2.0 * sd)),
    )


def conditional(
    target: Target, points: Floats, weights: Floats
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield weights, and means and variances of all estimands given the scales, by block.

    Means and variances have dims (draw, parameter): mu_alpha, mu_beta, the model's scales,
    then alpha and beta of every group.
    """
    for start in range(0, len(points), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        _, scales, over = target.evaluate(points[part])
        of = effects(target.groups, scales, over)
        known = np.stack([getattr(scales, name) for name in MODELS[target.model]], axis=1)
        mu, variance = np.stack(over.mean, axis=1), over.covariance
        yield (
            weights[part],
            np.hstack([mu, known, of.mean.alpha, of.mean.beta]),
            np.hstack(
                [
                    np.stack([variance.alpha, variance.beta], axis=1),
                    np.zeros_like(known),
                    of.covariance.alpha,
                    of.covariance.beta,
                ]
            ),
        )


def by_estimand(target: Target, flat: Floats) -> dict[str, Floats]:
    """Return the entries of `flat`, dims (parameter,), by estimand, dims () or (group,)."""
    names = ("mu_alpha", "mu_beta", *MODELS[target.model])
    alpha, beta = np.split(flat[len(names) :], 2)
    scalars = {name: np.asarray(flat[i]) for i, name in enumerate(names)}
    return scalars | {"alpha": alpha, "beta": beta}
