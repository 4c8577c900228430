"""Power-scaling sensitivity, on a conjugate model whose posteriors are known in closed form."""

import logging

import numpy as np
import pytest
import xarray as xr
from arviz_stats.psense import psense_summary
from scipy import stats

from hierbench.diagnostics.sensitivity import THRESHOLD, Sensitivity, sensitivities

CHAINS, DRAWS, ROWS = 4, 1000, 10


def conjugate(prior_sd, prior_mean=0.0):
    """Return draws of the mean of ten Normal(0, 1) rows, and both log densities.

    A Normal prior and unit variance: the posterior is drawn from exactly.
    """
    rng = np.random.default_rng(1)
    y = rng.normal(size=ROWS)
    precision = 1 / prior_sd**2 + ROWS
    mean = (prior_mean / prior_sd**2 + y.sum()) / precision
    mu = rng.normal(mean, precision**-0.5, (CHAINS, DRAWS))
    rows = stats.norm(mu[..., None]).logpdf(y)
    return mu, stats.norm(prior_mean, prior_sd).logpdf(mu), rows


def found(mu, log_prior, rows):
    (one,) = sensitivities({"mu": mu}, log_prior=log_prior, log_likelihood=rows.sum(axis=-1))
    return one


@pytest.mark.parametrize(("sd", "mean"), [(100.0, 0.0), (0.3, 0.0), (0.3, 3.0)])
def test_sensitivities_are_arvizs_own(sd, mean, caplog):
    """Ours has the sum over the rows, ArviZ every row."""
    mu, log_prior, rows = conjugate(sd, mean)
    one = found(mu, log_prior, rows)
    groups = {
        "posterior": {"mu": (("chain", "draw"), mu)},
        "log_prior": {"mu": (("chain", "draw"), log_prior)},
        "log_likelihood": {"y": (("chain", "draw", "obs"), rows)},
    }
    coords = {"chain": range(CHAINS), "draw": range(DRAWS)}
    tree = xr.DataTree.from_dict({n: xr.Dataset(g, coords=coords) for n, g in groups.items()})
    with caplog.at_level(logging.ERROR):
        summary = psense_summary(tree, round_to=12)
    assert one.prior == pytest.approx(summary["prior"].item(), rel=1e-6)
    assert one.likelihood == pytest.approx(summary["likelihood"].item(), rel=1e-6)
    assert ("hardly" in one.diagnosis) == (summary["diagnosis"].item() == "✓")


def test_sensitivity_of_a_wide_prior_is_none():
    assert found(*conjugate(100.0)).prior < THRESHOLD / 10


def test_sensitivity_of_a_prior_that_disagrees_is_seen():
    one = found(*conjugate(0.3, 3.0))
    assert one.prior > THRESHOLD
    assert one.diagnosis == "the prior matters: perhaps it and the data disagree"


@pytest.mark.parametrize(
    ("prior", "likelihood", "said"),
    [
        (0.01, 0.3, "the prior hardly matters"),
        (0.01, 0.01, "the prior hardly matters"),
        (0.05, 0.05, "the prior matters: perhaps it and the data disagree"),
        (0.3, 0.01, "the prior matters: strong, or the data weak"),
        (np.nan, 0.3, "not defined"),
    ],
)
def test_sensitivity_in_words(prior, likelihood, said):
    assert Sensitivity("mu", prior, likelihood).diagnosis == said
