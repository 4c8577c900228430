"""Seconds and gradients per effective draw, by hand."""

from dataclasses import replace

import pytest

from hierbench.diagnostics.efficiency import efficiency_metrics
from hierbench.records import Fit

FIT = Fit(
    posterior={},
    sample_stats={},
    warmup_posterior={},
    warmup_sample_stats={},
    sample_seconds=2.0,
    sample_cpu_seconds=3.0,
    gradients_tune=30_000,
    gradients_draw=10_000,
    tune_seconds=2.5,
    draw_seconds=1.0,
)
CLOCKED = {"ess_per_second", "seconds_per_gradient"}
COUNTED = {"gradients_tune", "gradients_draw", "ess_per_gradient", "seconds_per_gradient"}


def metrics(**changed):
    return efficiency_metrics(replace(FIT, **changed), 800.0)


def test_efficiency_by_hand():
    assert metrics() == {
        "sample_seconds": 2.0,
        "sample_cpu_seconds": 3.0,
        "tune_seconds": 2.5,
        "draw_seconds": 1.0,
        "ess_per_second": 400.0,
        "gradients_tune": 30_000.0,
        "gradients_draw": 10_000.0,
        "ess_per_gradient": 0.02,
        "seconds_per_gradient": 7.5e-5,
    }


def test_efficiency_per_gradient_gives_effective_draws_per_core_second():
    found = metrics()
    assert found["ess_per_gradient"] / found["seconds_per_gradient"] == pytest.approx(800 / 3)


def test_efficiency_has_no_speed_where_the_clock_holds_a_compilation():
    assert set(metrics()) - set(metrics(compiles_in_clock=True)) == CLOCKED


@pytest.mark.parametrize("name", ["gradients_tune", "gradients_draw"])
def test_efficiency_has_nothing_per_gradient_where_a_count_is_missing(name):
    assert set(metrics()) - set(metrics(**{name: None})) == COUNTED


@pytest.mark.parametrize("name", ["tune_seconds", "draw_seconds"])
def test_efficiency_lacks_a_phase_that_is_not_shown(name):
    assert set(metrics()) - set(metrics(**{name: None})) == {name}


def test_efficiency_of_an_undefined_size_is_undefined():
    found = efficiency_metrics(FIT, float("nan"))
    assert found["ess_per_second"] != found["ess_per_second"]
    assert found["ess_per_gradient"] != found["ess_per_gradient"]
