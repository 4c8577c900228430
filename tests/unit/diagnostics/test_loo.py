"""PSIS-LOO in blocks: ArviZ's own numbers, what is not defined, and its memory."""

import math
import tracemalloc

import arviz
import numpy as np
import pytest
import xarray as xr

from hierbench.diagnostics.convergence import convergence
from hierbench.diagnostics.loo import leave_one_out, relative_efficiency
from hierbench.models.homes.predictive import log_likelihood, log_likelihood_of_rows
from hierbench.models.homes.rows import Rows

CHAINS, DRAWS, ROWS, GROUPS = 4, 150, 40, 3
DIMS = {"alpha": ("chain", "draw", "group"), "beta": ("chain", "draw", "group")}
BLOCK_MB = 80
"""A block's log likelihood, its transpose and what they are made from: at most ten arrays."""


def table(rows, groups):
    rng = np.random.default_rng(3)
    group = rng.integers(groups, size=rows)
    x = rng.normal(size=rows)
    labels = tuple(f"g{place:04d}" for place in range(groups))
    y = 1.0 + 0.5 * x + rng.normal(size=rows)
    return Rows("tiny", x, y, group, labels, "area [m2]", "price [EUR]")


def correlated_draws(shape, rng):
    """Return first-order autoregressive draws, whose effective size is far from their number."""
    noise = rng.normal(size=shape)
    for step in range(1, shape[1]):
        noise[:, step] = 0.7 * noise[:, step - 1] + math.sqrt(1 - 0.49) * noise[:, step]
    return noise


def posterior(chains=CHAINS, draws=DRAWS, groups=GROUPS):
    rng = np.random.default_rng(4)
    return {
        "sigma": 1.0 + 0.05 * correlated_draws((chains, draws), rng),
        "alpha": 1.0 + 0.3 * correlated_draws((chains, draws, groups), rng),
        "beta": 0.5 + 0.3 * correlated_draws((chains, draws, groups), rng),
    }


def columns(draws):
    """Return the columns of the per-parameter table that the efficiency needs."""
    flat = [value.reshape(*value.shape[:2], -1) for value in draws.values()]
    found = convergence(np.concatenate(flat, axis=2))
    return {"estimand": np.full(found.sd.size, True), "sd": found.sd, "mcse_mean": found.mcse_mean}


def efficiency(draws):
    chains, length = draws["sigma"].shape
    return relative_efficiency(columns(draws), chains=chains, draws=chains * length)


def loo(draws, data):
    return leave_one_out(log_likelihood_of_rows(draws, data), efficiency=efficiency(draws))


def arviz_loo(draws, data):
    variables = {name: (DIMS.get(name, ("chain", "draw")), value) for name, value in draws.items()}
    logs = {"y": (("chain", "draw", "obs"), log_likelihood(draws, data))}
    tree = {"posterior": xr.Dataset(variables), "log_likelihood": xr.Dataset(logs)}
    with pytest.warns(UserWarning, match="shape parameter of Pareto"):  # some rows are bad
        return arviz.loo(xr.DataTree.from_dict(tree), pointwise=True)


@pytest.fixture(scope="module", params=[CHAINS, 1], ids=["four chains", "one chain"])
def both(request):
    """Return ours and ArviZ's of the same draws."""
    data, draws = table(ROWS, GROUPS), posterior(chains=request.param, draws=600 // request.param)
    return loo(draws, data), arviz_loo(draws, data)


def test_elpd_of_rows_is_arvizs(both):
    ours, theirs = both
    np.testing.assert_allclose(ours.elpd, theirs.elpd_i.values, rtol=1e-10)


def test_pareto_k_of_rows_is_arvizs(both):
    ours, theirs = both
    np.testing.assert_allclose(ours.pareto_k, theirs.pareto_k.values, rtol=1e-8)


def test_metrics_are_arvizs(both):
    ours, theirs = both
    assert ours.metrics["elpd_loo"] == pytest.approx(theirs.elpd, rel=1e-12)
    assert ours.good_k == theirs.good_k
    assert ours.metrics["pareto_k_bad"] == (theirs.pareto_k > theirs.good_k).sum()


def test_efficiency_is_below_one_for_correlated_draws():
    """Of autocorrelation 0.7 it is (1 - 0.7) / (1 + 0.7)."""
    assert efficiency(posterior(draws=4000)) == pytest.approx(0.3 / 1.7, rel=0.15)


def test_efficiency_of_parameters_that_never_moved_is_one():
    still = {name: np.ones_like(value) for name, value in posterior().items()}
    assert efficiency(still) == 1.0


def test_row_that_no_draw_covers_is_finite():
    """Its density under every draw is 0 in float64."""
    data = table(ROWS, GROUPS)
    data.y[0] = 1e3
    assert np.isfinite(loo(posterior(), data).elpd[0])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_row_of_a_draw_that_is_not_finite_is_undefined_and_bad(bad):
    data, draws = table(ROWS, GROUPS), posterior()
    draws["alpha"][1, 7, 0] = bad
    found = loo(draws, data)
    rows = data.group == 0
    assert np.array_equal(np.isnan(found.elpd), rows)
    assert math.isnan(found.metrics["elpd_loo"])
    assert found.metrics["pareto_k_bad"] >= rows.sum()


def test_chains_that_never_moved_are_undefined_and_bad():
    still = {name: np.ones_like(value) for name, value in posterior().items()}
    found = loo(still, table(ROWS, GROUPS))
    assert math.isnan(found.metrics["elpd_loo"])
    assert found.metrics["pareto_k_bad"] == ROWS


def peak_mb(rows, groups):
    """Return the peak of what PSIS-LOO of 4,000 draws allocates beside the draws themselves."""
    data, draws = table(rows, groups), posterior(chains=4, draws=1000, groups=groups)
    share = efficiency(draws)
    tracemalloc.start()
    leave_one_out(log_likelihood_of_rows(draws, data), efficiency=share)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


@pytest.mark.slow
def test_memory_is_that_of_a_block():
    """All rows at once would be 32 MB for the log likelihood alone, and its parts as much each."""
    assert peak_mb(1000, 10) < BLOCK_MB


@pytest.mark.slow
def test_memory_of_20_000_rows_and_4_000_draws():
    """All rows at once would be 640 MB."""
    assert peak_mb(20_000, 100) < BLOCK_MB
