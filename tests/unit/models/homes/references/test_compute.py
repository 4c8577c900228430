"""Importance sampling against a grid over the scales: another way to the same integrals."""

from dataclasses import replace

import numpy as np
import pytest

from hierbench.errors import ConfigError, SamplingError
from hierbench.models.homes.algebra.integrated import effects
from hierbench.models.homes.algebra.sufficient import sufficient
from hierbench.records import Hyperprior
from tests.benchmarks.references import proposal as proposals
from tests.benchmarks.references.compute import compute, summary
from tests.benchmarks.references.importance import normalised
from tests.benchmarks.references.target import MODELS, Target

STEPS = {"sigma_alpha": 30, "sigma_beta": 30, "sigma": 20, "rho": 14}
ENDS = {"sigma_alpha": 8.0, "sigma_beta": 8.0, "sigma": 2.5, "rho": 1.0}


def grid(model):
    """Return midpoints in sigma and rho themselves, denser near 0, as points, with log volumes.

    Midpoints of u^2 * end; the volumes are those of the points' logs.
    """
    axes, volumes = [], []
    for name in MODELS[model]:
        u = (np.arange(STEPS[name]) + 0.5) / STEPS[name]
        if name == "rho":
            rho = 2 * u - 1
            axes.append(np.arctanh(rho))
            volumes.append(2 / STEPS[name] / (1 - rho**2))
        else:
            axes.append(np.log(u**2 * ENDS[name]))
            volumes.append(2 / u / STEPS[name])
    mesh = np.stack([m.ravel() for m in np.meshgrid(*axes, indexing="ij")], axis=1)
    volume = np.prod([m.ravel() for m in np.meshgrid(*volumes, indexing="ij")], axis=0)
    return mesh, np.log(volume)


def by_grid(dataset, model, prior):
    """Return log marginal likelihood, and means and sds of every estimand, on the grid."""
    target = Target(sufficient(dataset.x, dataset.y, dataset.group, 5), model, prior)
    points, volumes = grid(model)
    logs = np.concatenate([target.evaluate(p)[0] for p in np.array_split(points, 100)]) + volumes
    total = np.logaddexp.reduce(logs)
    weights, kept = np.exp(logs - total), np.exp(logs - total) > 1e-12
    weights, points = weights[kept], points[kept]
    _, scales, over = target.evaluate(points)
    of = effects(target.groups, scales, over)
    known = [getattr(scales, name)[:, None] for name in MODELS[model]]
    means = np.hstack([np.stack(over.mean, 1), *known, of.mean.alpha, of.mean.beta])
    variances = np.zeros_like(means)
    variances[:, 0], variances[:, 1] = over.covariance.alpha, over.covariance.beta
    variances[:, -10:-5], variances[:, -5:] = of.covariance.alpha, of.covariance.beta
    mean = weights @ means
    return total, mean, np.sqrt(weights @ (variances + (means - mean) ** 2))


@pytest.mark.parametrize("model", MODELS)
def test_compute_is_the_grids(model, dataset, either_prior):
    """sigma_beta's posterior reaches 0 here; 4 standard errors and the grid's own 0.2 % sd."""
    found = compute(dataset, model, either_prior, name="tiny", proposals=20_000, seed=1)
    marginal, mean, sd = by_grid(dataset, model, either_prior)
    reference = found.reference
    flat = {
        name: np.hstack([np.ravel(v) for v in getattr(reference, name).values()])
        for name in ("mean", "sd", "mcse_mean", "mcse_sd")
    }
    assert np.all(np.abs(flat["mean"] - mean) < 4 * flat["mcse_mean"] + 2e-3 * sd)
    assert np.all(np.abs(flat["sd"] - sd) < 4 * flat["mcse_sd"] + 2e-3 * sd)
    assert found.log_marginal == pytest.approx(marginal, abs=0.02)
    assert found.pareto_k < 0.5
    assert found.importance_ess > 10_000


@pytest.mark.slow
def test_mcse_are_what_seeds_differ_by(dataset, prior):
    """Over 20 runs the z scores of mean and sd about their average have variance 1."""
    target = Target(sufficient(dataset.x, dataset.y, dataset.group, 5), "independent", prior)
    rng, runs = np.random.default_rng(1), []
    proposal = proposals.fitted(target, rng)
    for _ in range(20):
        points = proposal.draw(rng, 2000)
        logs = proposals.log_densities(target, points) - proposal.log_density(points)
        runs.append(summary("tiny", target, points, normalised(logs)))
    for of, error in (("mean", "mcse_mean"), ("sd", "mcse_sd")):
        values = np.array([np.hstack(list(getattr(run, of).values())) for run in runs])
        errors = np.array([np.hstack(list(getattr(run, error).values())) for run in runs])
        ratio = values.std(axis=0, ddof=1) / errors.mean(axis=0)
        # The sd of 20 has a relative standard error of 16 %.
        assert ratio.min() > 0.45
        assert ratio.max() < 1.7
        assert np.median(ratio) == pytest.approx(1.0, abs=0.25)


def test_compute_is_seeded(dataset, prior):
    one, same, other = (
        compute(dataset, "correlated", prior, name="tiny", proposals=500, seed=seed)
        for seed in (1, 1, 2)
    )
    assert one.importance_ess == same.importance_ess
    assert one.reference.mean["rho"] == same.reference.mean["rho"]
    assert one.reference.mean["rho"] != other.reference.mean["rho"]


@pytest.mark.slow
def test_compute_in_other_units(dataset, prior):
    """y and the priors in dollars: the same posterior, in dollars."""
    unit = 1e5
    dollars = replace(dataset, y=dataset.y * unit)
    scales = {name: scale * unit for name, scale in prior.scales.items()}
    near, far = (
        compute(data, "independent", of, name="tiny", proposals=5000, seed=1).reference
        for data, of in ((dataset, prior), (dollars, replace(prior, scales=scales)))
    )
    for name, mean in near.mean.items():
        error = np.hypot(near.mcse_mean[name], far.mcse_mean[name] / unit)
        assert np.all(np.abs(far.mean[name] / unit - mean) < 5 * error)


def test_compute_refuses_a_model_that_does_not_integrate_out(dataset, prior):
    with pytest.raises(ConfigError, match="allowed are independent, correlated"):
        compute(dataset, "varying_sigma", prior, name="tiny", proposals=10, seed=1)


def test_compute_refuses_a_proposal_that_misses(dataset, prior, monkeypatch):
    monkeypatch.setattr(proposals, "LEAST_SIZE", 1e9)
    with pytest.raises(SamplingError, match=r"effective draws of \d+ pilots"):
        compute(dataset, "independent", prior, name="tiny", proposals=10, seed=1)


def test_compute_refuses_scales_that_no_mixture_fits(dataset, prior, monkeypatch):
    monkeypatch.setattr(proposals, "curvature", lambda target, point: np.zeros((3, 3)))
    with pytest.raises(SamplingError, match=r"Singular matrix.*look at prior\.scale"):
        compute(dataset, "independent", prior, name="tiny", proposals=10, seed=1)


def test_compute_stands_priors_against_the_data(dataset, either_prior):
    """Sigmas a thousand times what their priors expect: the search still ends at the mode."""
    scales = dict.fromkeys(either_prior.scales, 1e-3) | {"mu_alpha": 5.0, "mu_beta": 3.0}
    found = compute(
        dataset,
        "correlated",
        Hyperprior(either_prior.family, scales),
        name="tiny",
        proposals=2000,
        seed=1,
    )
    assert found.pareto_k < 0.7
    assert found.importance_ess > 600
