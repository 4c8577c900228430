"""Every shipped reference posterior: labels that hold, figures that can be trusted."""

from functools import cache

import numpy as np
import pytest

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.models.data import load
from hierbench.models.homes.algebra.sufficient import sufficient
from hierbench.models.homes.datasets.shipped import data_directory
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.references import reference_of, shipped
from hierbench.models.homes.references.files import folder
from tests.benchmarks.references.cases import cases
from tests.benchmarks.references.compute import summary
from tests.benchmarks.references.importance import normalised
from tests.benchmarks.references.proposal import log_densities
from tests.benchmarks.references.target import MODELS, Target

SHIPPED = {known.reference.name: known for known in shipped()}
EVERY = pytest.mark.parametrize("name", SHIPPED)
MAX_BYTES = 30_000

QUICK = ("sacramento-independent-notebook-1", "berlin_like_small-independent-notebook-1")
STEP = 0.6  # of a scale's own sd: the trapezoid rule is exact to 1e-8 for such densities
REACH = 6.0
NEAR_ZERO = 14.0  # below its mean, on the log scale, for a sigma that may be 0


@pytest.fixture(scope="module")
def posterior():
    """Return a function from a file to the data set and hyperprior that its overrides compose."""
    with composer() as hydra:
        configs = {
            overrides: to_config(compose_cell(hydra, overrides))
            for overrides in {known.overrides for known in SHIPPED.values()}
        }
    loaded = cache(lambda overrides: load(configs[overrides]))

    def of(known):
        prior = hyperprior(configs[known.overrides].prior, known.model)
        return loaded(known.overrides), prior

    return of


def test_references_are_those_that_the_script_makes():
    assert {case.name for case in cases()} == set(SHIPPED)


def test_references_lie_with_the_tables():
    assert folder().resolve() == (data_directory() / "references").resolve()


@EVERY
def test_reference_is_of_the_posterior_that_it_names(name, posterior):
    """The data are loaded and the hyperprior composed anew: a changed byte fails here."""
    known = SHIPPED[name]
    dataset, prior = posterior(known)
    assert known.arrays_sha256 == dataset.arrays_sha256
    assert reference_of(dataset, known.model, prior).name == name


@EVERY
def test_reference_has_every_estimand(name, posterior):
    known = SHIPPED[name]
    groups = len(posterior(known)[0].labels)
    names = {"mu_alpha", "mu_beta", *MODELS[known.model], "alpha", "beta"}
    for of in ("mean", "sd", "mcse_mean", "mcse_sd"):
        values = getattr(known.reference, of)
        assert values.keys() == names
        assert {v.shape for n, v in values.items() if n in ("alpha", "beta")} == {(groups,)}
        assert all(np.isfinite(value).all() for value in values.values())


@EVERY
def test_reference_is_precise(name):
    """A fit of 4,000 effective draws has an MCSE of 1.6 % of an sd; these add next to nothing."""
    known = SHIPPED[name]
    assert known.computed["pareto_k"] < 0.5
    assert known.computed["importance_ess"] > 200_000
    for estimand, sd in known.reference.sd.items():
        assert np.all(known.reference.mcse_mean[estimand] < 0.0025 * sd)
        assert np.all(known.reference.mcse_sd[estimand] < 0.0025 * sd)


@EVERY
def test_reference_file_is_small(name):
    assert (folder() / f"{name}.json").stat().st_size < MAX_BYTES


def grid(reference, names):
    """Return points over the logs of the sigmas and atanh(rho), dims (point, scale)."""
    axes = []
    for name in names:
        mean, sd = float(reference.mean[name]), float(reference.sd[name])
        rho = name == "rho"
        center, width = (
            (np.arctanh(mean), 1.3 * sd / (1 - mean**2)) if rho else (np.log(mean), sd / mean)
        )
        below = above = REACH * width
        if width > 0.3 and not rho:
            below, above, width = NEAR_ZERO, 0.5 * above, 0.3
        steps = int(np.ceil((below + above) / (STEP * width)))
        axes.append(np.linspace(center - below, center + above, steps))
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in SHIPPED],
)
def test_reference_is_the_trapezoid_rules(name, posterior):
    """All means and sds against a grid over the scales, which has no Monte Carlo error."""
    known = SHIPPED[name]
    dataset, prior = posterior(known)
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    target = Target(groups, known.model, prior)
    points = grid(known.reference, MODELS[known.model])
    weights = normalised(log_densities(target, points))
    kept = weights > 1e-9
    exact = summary(name, target, points[kept], weights[kept] / weights[kept].sum())
    for estimand, mean in exact.mean.items():
        errors = known.reference.mcse_mean[estimand], known.reference.mcse_sd[estimand]
        differences = (
            known.reference.mean[estimand] - mean,
            (known.reference.sd[estimand] - exact.sd[estimand]),
        )
        for difference, error in zip(differences, errors, strict=True):
            assert np.all(np.abs(difference) < 5 * error + 1e-7 * np.abs(mean)), estimand
