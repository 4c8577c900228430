"""The sampler's own statistics as metrics, on planted ones; E-BFMI against ArviZ."""

import arviz as az
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.diagnostics.trajectories import ebfmi, trajectory_metrics, warmup_path
from hierbench.records import Fit

CHAINS, DRAWS, TUNE = 3, 200, 150
METRIC_OF = {
    "energy": "ebfmi_min",
    "reached_max_treedepth": "treedepth_hits",
    "step_size": "step_size_mean",
    "acceptance_rate": "acceptance_mean",
}


def statistics(length):
    """Return every statistic of `CHAINS` chains."""
    rng = np.random.default_rng(length)
    shape = (CHAINS, length)
    return {
        "diverging": rng.random(shape) < 0.05,
        "energy": rng.normal(100.0, 5.0, shape),
        "reached_max_treedepth": rng.random(shape) < 0.1,
        "step_size": rng.lognormal(-1.0, 0.5, shape),
        "acceptance_rate": rng.random(shape),
        "n_steps": rng.integers(1, 64, shape),
    }


def metrics(without=(), **changed):
    kept = {**statistics(DRAWS), **changed}
    kept = {name: values for name, values in kept.items() if name not in without}
    return trajectory_metrics(Fit({}, kept, {}, statistics(TUNE), 1.0, 1.0))


def chains_apart(values):
    """Return `values` as ArviZ takes them."""
    return az.from_dict({"sample_stats": {"energy": values}})


# E-BFMI


def test_ebfmi_is_arvizs():
    energy = statistics(DRAWS)["energy"]
    np.testing.assert_allclose(ebfmi(energy), az.bfmi(chains_apart(energy))["energy"], rtol=1e-12)


def test_ebfmi_min_is_that_of_the_worst_chain():
    energy = statistics(DRAWS)["energy"]
    # A random walk hardly crosses the energies.
    energy[1] = np.cumsum(np.random.default_rng(1).normal(size=DRAWS))
    found = metrics(energy=energy)["ebfmi_min"]
    assert found == pytest.approx(az.bfmi(chains_apart(energy))["energy"].values[1])
    assert found < 0.3


def test_ebfmi_of_independent_energies_is_near_two():
    """Var(E_n - E_(n-1)) = 2 Var(E); 4 standard errors of 5,000 draws are 0.1."""
    energy = np.random.default_rng(2).normal(size=(1, 5000))
    assert ebfmi(energy)[0] == pytest.approx(2.0, abs=0.1)


@given(shift=st.floats(-1e3, 1e3), scale=st.floats(0.1, 1e3))
@settings(max_examples=25)
def test_ebfmi_has_no_unit(shift, scale):
    energy = statistics(DRAWS)["energy"]
    np.testing.assert_allclose(ebfmi(shift + scale * energy), ebfmi(energy), rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_ebfmi_of_an_energy_that_is_not_finite_is_nan(bad):
    energy = statistics(DRAWS)["energy"]
    energy[2, 7] = bad
    assert np.isnan(metrics(energy=energy)["ebfmi_min"])


@pytest.mark.parametrize("energy", [np.full((2, 50), 3.0), np.ones((2, 1))])
def test_ebfmi_of_an_energy_that_stands_still_is_nan(energy):
    assert np.isnan(ebfmi(energy)).all()


# The others


def test_trajectories_count_divergences_of_both_phases():
    found = metrics()
    assert found["divergences"] == np.count_nonzero(statistics(DRAWS)["diverging"]) > 0
    assert found["divergences_tune"] == np.count_nonzero(statistics(TUNE)["diverging"]) > 0


def test_trajectories_count_hits_of_the_draws_alone():
    expected = sum(bool(hit) for hit in statistics(DRAWS)["reached_max_treedepth"].flat)
    assert metrics()["treedepth_hits"] == expected > 0


@pytest.mark.parametrize(
    ("metric", "name"), [("step_size_mean", "step_size"), ("acceptance_mean", "acceptance_rate")]
)
def test_trajectories_means_are_over_all_draws(metric, name):
    values = statistics(DRAWS)[name].ravel().tolist()
    assert metrics()[metric] == pytest.approx(sum(values) / len(values))


@pytest.mark.parametrize("name", METRIC_OF)
def test_trajectories_lack_what_the_sampler_does_not_keep(name):
    assert set(metrics()) - set(metrics(without=[name])) == {METRIC_OF[name]}


# The warm-up


@pytest.mark.parametrize(
    ("tune", "ends"), [(1, [1]), (2, [1, 2]), (5, [1, 2, 4, 5]), (8, [1, 2, 4, 8])]
)
def test_warmup_rows_end_at_powers_of_two_and_at_the_last_step(tune, ends):
    path = warmup_path(statistics(tune))
    assert path["step"].reshape(CHAINS, -1).tolist() == [ends] * CHAINS
    assert path["chain"].tolist() == sorted(list(range(CHAINS)) * len(ends))


@given(tune=st.integers(1, 300))
@settings(max_examples=30)
def test_warmup_rows_hold_every_step_once(tune):
    stats, path = statistics(tune), warmup_path(statistics(tune))
    assert path["n_steps"].sum() == stats["n_steps"].sum()
    assert path["diverging"].sum() == np.count_nonzero(stats["diverging"])


def test_warmup_step_size_is_the_geometric_mean_since_the_row_before():
    steps, path = statistics(TUNE)["step_size"][1], warmup_path(statistics(TUNE))
    (row,) = np.flatnonzero((path["chain"] == 1) & (path["step"] == 64))
    assert path["step_size"][row] == pytest.approx(np.prod(steps[32:64]) ** (1 / 32))


def test_warmup_acceptance_is_the_mean_since_the_row_before():
    rates, path = statistics(TUNE)["acceptance_rate"][2], warmup_path(statistics(TUNE))
    assert path["acceptance_rate"][-1] == pytest.approx(rates[128:].mean())


def test_warmup_lacks_what_the_sampler_does_not_keep():
    few = {name: statistics(TUNE)[name] for name in ("diverging", "n_steps")}
    assert set(warmup_path(few)) == {"chain", "step", "diverging", "n_steps"}


@pytest.mark.parametrize("warmup", [{}, {"diverging": np.zeros((2, 0), dtype=bool)}])
def test_warmup_that_was_not_kept_is_no_table(warmup):
    assert warmup_path(warmup) == {}
