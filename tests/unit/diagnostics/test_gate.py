"""The gate: each threshold by itself, and nothing that is not a number passes."""

from math import nan

import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import gate_failures

CHAINS, DRAWS = 4, 4000
GATE = GateConfig(
    r_hat_max=1.01,
    ess_bulk_min_per_chain=100,
    ess_tail_min_per_chain=100,
    divergences=0,
    ebfmi_min=0.3,
    treedepth_hits_share_max=0.01,
)
ALWAYS = {"r_hat_max": 1.01, "ess_bulk_min": 400.0, "ess_tail_min": 400.0, "divergences": 0.0}
KEPT_BY_SOME = {"ebfmi_min": 0.3, "treedepth_hits": 40.0}
GOOD = ALWAYS | KEPT_BY_SOME


def failures(gate=GATE, **metrics):
    return gate_failures({**GOOD, **metrics}, gate, chains=CHAINS, draws=DRAWS)


def test_gate_passes_at_its_thresholds():
    assert failures() == ()


@pytest.mark.parametrize(
    ("name", "value", "phrase"),
    [
        ("r_hat_max", 1.02, "r_hat_max 1.02 > 1.01"),
        ("divergences", 1.0, "divergences 1 > 0"),
        ("ess_bulk_min", 399.0, "ess_bulk_min 399 < 400"),
        ("ess_tail_min", 399.0, "ess_tail_min 399 < 400"),
        ("ebfmi_min", 0.29, "ebfmi_min 0.29 < 0.3"),
        ("treedepth_hits", 41.0, "treedepth_hits 41 > 40"),
    ],
)
def test_gate_threshold_missed(name, value, phrase):
    assert failures(**{name: value}) == (phrase,)


def test_gate_names_every_threshold_missed():
    assert len(failures(r_hat_max=2.0, divergences=9.0, ess_bulk_min=1.0, ess_tail_min=1.0)) == 4


@pytest.mark.parametrize("name", GOOD)
def test_gate_nan_never_passes(name):
    (phrase,) = failures(**{name: nan})
    assert phrase.startswith(f"{name} nan ")


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize("name", ALWAYS)
def test_gate_absent_metric_never_passes(name):
    (phrase,) = gate_failures(without(name), GATE, chains=CHAINS, draws=DRAWS)
    assert phrase.startswith(f"{name} nan ")


@pytest.mark.parametrize("name", KEPT_BY_SOME)
def test_gate_does_not_check_what_the_sampler_does_not_keep(name):
    assert gate_failures(without(name), GATE, chains=CHAINS, draws=DRAWS) == ()


def test_gate_infinite_r_hat_never_passes():
    assert failures(r_hat_max=float("inf")) == ("r_hat_max inf > 1.01",)


@pytest.mark.parametrize(("chains", "passes"), [(3, True), (4, True), (5, False)])
def test_gate_ess_is_asked_per_chain(chains, passes):
    assert (gate_failures(GOOD, GATE, chains=chains, draws=DRAWS) == ()) is passes


@pytest.mark.parametrize(("draws", "passes"), [(3999, False), (4000, True), (8000, True)])
def test_gate_treedepth_hits_are_a_share_of_the_draws(draws, passes):
    assert (gate_failures(GOOD, GATE, chains=CHAINS, draws=draws) == ()) is passes


@pytest.mark.parametrize("share", [0.07, 0.29, 0.57])
def test_gate_share_is_not_missed_by_a_rounding_error(share):
    """In floating point 0.29 x 100 is less than 29."""
    gate = GateConfig(treedepth_hits_share_max=share)
    hits = {"treedepth_hits": float(round(100 * share))}
    assert gate_failures(hits, gate, chains=1, draws=100) == ()


@pytest.mark.parametrize("metrics", [{}, dict.fromkeys(GOOD, nan)])
def test_gate_without_thresholds_passes_everything(metrics):
    assert gate_failures(metrics, GateConfig(name="none"), chains=CHAINS, draws=DRAWS) == ()


def test_gate_null_threshold_is_not_checked():
    gate = GateConfig(r_hat_max=1.01, divergences=None)
    metrics = {"r_hat_max": 1.0, "divergences": 99.0, "ebfmi_min": 0.01, "treedepth_hits": 4000.0}
    assert gate_failures(metrics, gate, chains=CHAINS, draws=DRAWS) == ()


def test_gate_tells_a_value_apart_from_its_threshold():
    assert failures(r_hat_max=1.01004) == ("r_hat_max 1.01004 > 1.01",)
