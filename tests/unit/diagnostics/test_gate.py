"""The gate: each threshold by itself, and nothing that is not a number passes."""

from math import nan

import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import gate_failures

CHAINS = 4
GATE = GateConfig(
    r_hat_max=1.01, ess_bulk_min_per_chain=100, ess_tail_min_per_chain=100, divergences=0
)
GOOD = {"r_hat_max": 1.01, "ess_bulk_min": 400.0, "ess_tail_min": 400.0, "divergences": 0.0}


def failures(gate=GATE, **metrics):
    return gate_failures({**GOOD, **metrics}, gate, CHAINS)


def test_gate_passes_at_its_thresholds():
    assert failures() == ()


@pytest.mark.parametrize(
    ("name", "value", "phrase"),
    [
        ("r_hat_max", 1.02, "r_hat_max 1.02 > 1.01"),
        ("divergences", 1.0, "divergences 1 > 0"),
        ("ess_bulk_min", 399.0, "ess_bulk_min 399 < 400"),
        ("ess_tail_min", 399.0, "ess_tail_min 399 < 400"),
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


@pytest.mark.parametrize("name", GOOD)
def test_gate_absent_metric_never_passes(name):
    rest = {key: value for key, value in GOOD.items() if key != name}
    (phrase,) = gate_failures(rest, GATE, CHAINS)
    assert phrase.startswith(f"{name} nan ")


def test_gate_infinite_r_hat_never_passes():
    assert failures(r_hat_max=float("inf")) == ("r_hat_max inf > 1.01",)


@pytest.mark.parametrize(("chains", "passes"), [(3, True), (4, True), (5, False)])
def test_gate_ess_is_asked_per_chain(chains, passes):
    assert (gate_failures(GOOD, GATE, chains) == ()) is passes


@pytest.mark.parametrize("metrics", [{}, dict.fromkeys(GOOD, nan)])
def test_gate_without_thresholds_passes_everything(metrics):
    assert gate_failures(metrics, GateConfig(name="none"), CHAINS) == ()


def test_gate_null_threshold_is_not_checked():
    gate = GateConfig(r_hat_max=1.01, divergences=None)
    assert gate_failures({"r_hat_max": 1.0, "divergences": 99.0}, gate, CHAINS) == ()
