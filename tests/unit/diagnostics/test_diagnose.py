"""A fit's diagnosis on planted draws, whose faults are known; no sampling."""

import numpy as np
import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import diagnose, parameter_columns
from hierbench.records import Fit

CHAINS, DRAWS = 4, 400
GROUPS = ("95608", "95610", "Zoë")
INNER = ("alpha_offset",)
DIMS = {"alpha": "group", "alpha_offset": "group"}
GATE = GateConfig(
    r_hat_max=1.05, ess_bulk_min_per_chain=50, ess_tail_min_per_chain=50, divergences=0
)


def good_draws():
    """Return independent draws of one scalar, the effects and an inner variable."""
    rng = np.random.default_rng(7)
    shapes = {"sigma": (), "alpha": (3,), "alpha_offset": (3,)}
    return {name: rng.normal(2.0, 1.0, (CHAINS, DRAWS, *s)) for name, s in shapes.items()}


def stuck(values):
    """Return draws whose first chain stays where it began."""
    values[0] = values[0, :1] + 3.0
    return values


def diagnosed(draws=None, *, diverging=0, gate=GATE):
    draws = draws or good_draws()
    flags = np.zeros(draws["sigma"].shape, dtype=bool)
    flags.flat[:diverging] = True
    fit = Fit(
        posterior=draws,
        sample_stats={"diverging": flags},
        warmup_posterior={},
        warmup_sample_stats={},
        sample_seconds=2.0,
        sample_cpu_seconds=4.0,
    )
    return diagnose(fit, dims=DIMS, inner=INNER, groups=GROUPS, gate=gate)


def planted(name, change):
    """Diagnose good draws with one variable changed."""
    draws = good_draws()
    draws[name] = change(draws[name])
    return diagnosed(draws)


def column(found, name):
    """Return one column of the parameters' table by parameter."""
    return dict(zip(found.parameters["parameter"], found.parameters[name], strict=True))


def constant(values):
    return np.full_like(values, 0.25)


def constant_entry(values):
    values[..., 1] = 0.25
    return values


def with_nan(values):
    values[1, 3] = np.nan
    return values


def with_infinity(values):
    values[1, 3] = np.inf
    return values


# Good draws


@pytest.fixture(scope="module")
def good():
    return diagnosed()


def test_diagnose_good_draws_pass(good):
    assert good.gate_failures == ()


def test_diagnose_metrics_are_finite(good):
    assert all(np.isfinite(value) for value in good.metrics.values())


def test_diagnose_names_parameters_by_label(good):
    assert list(good.parameters["parameter"]) == [
        "sigma",
        *(f"alpha[{label}]" for label in GROUPS),
        *(f"alpha_offset[{label}]" for label in GROUPS),
    ]


def test_diagnose_marks_the_estimands(good):
    assert column(good, "estimand") == {
        name: not name.startswith("alpha_offset") for name in good.parameters["parameter"]
    }


def test_diagnose_means_are_the_draws(good):
    assert column(good, "mean")["sigma"] == pytest.approx(good_draws()["sigma"].mean(), rel=1e-12)


def test_diagnose_headline_is_the_worst_estimand(good):
    ess, estimand = good.parameters["ess_bulk"], good.parameters["estimand"]
    assert good.metrics["ess_bulk_min"] == ess[estimand].min()


def test_diagnose_names_the_worst_estimand(good):
    assert column(good, "ess_bulk")[good.worst] == good.metrics["ess_bulk_min"]


def test_diagnose_ess_per_second_is_per_sampling_second(good):
    assert good.metrics["ess_per_second"] == good.metrics["ess_bulk_min"] / 2.0


def test_diagnose_counts_divergences():
    assert diagnosed(diverging=5).metrics["divergences"] == 5.0


def test_diagnose_divergences_fail_the_gate():
    assert diagnosed(diverging=5).gate_failures == ("divergences 5 > 0",)


def test_diagnose_nothing_constant_in_good_draws(good):
    assert good.metrics["constant_parameters"] == 0.0


def test_parameter_columns_keep_the_order_of_the_variables():
    draws = good_draws()
    np.testing.assert_array_equal(parameter_columns(draws)[..., 2], draws["alpha"][..., 1])


# A stuck chain


def test_diagnose_stuck_chain_raises_r_hat():
    assert planted("sigma", stuck).metrics["r_hat_max"] > 1.2


def test_diagnose_stuck_chain_fails_the_gate():
    assert any(p.startswith("r_hat_max") for p in planted("sigma", stuck).gate_failures)


def test_diagnose_stuck_chain_is_the_worst():
    assert planted("sigma", stuck).worst == "sigma"


def test_diagnose_all_chains_stuck_fails_the_gate():
    found = planted("sigma", lambda values: values[:, :1] + np.zeros_like(values))
    assert found.gate_failures


# A constant


def test_diagnose_constant_is_counted():
    assert planted("sigma", constant).metrics["constant_parameters"] == 1.0


def test_diagnose_constant_entry_is_counted():
    assert planted("alpha", constant_entry).metrics["constant_parameters"] == 1.0


@pytest.mark.parametrize("name", ["r_hat_max", "ess_bulk_min", "ess_tail_min", "mcse_over_sd_max"])
def test_diagnose_constant_is_left_out_of_the_headline(name):
    assert np.isfinite(planted("sigma", constant).metrics[name])


def test_diagnose_constant_is_not_the_worst():
    assert planted("sigma", constant).worst != "sigma"


def test_diagnose_constant_inner_entry_is_not_counted():
    assert planted("alpha_offset", constant_entry).metrics["constant_parameters"] == 0.0


def test_diagnose_draws_that_never_move_fail_the_gate():
    found = diagnosed({name: constant(values) for name, values in good_draws().items()})
    assert len(found.gate_failures) == 3


# Draws that are not finite


@pytest.mark.parametrize("change", [with_nan, with_infinity])
def test_diagnose_draw_that_is_not_finite_has_no_headline(change):
    assert np.isnan(planted("sigma", change).metrics["ess_bulk_min"])


@pytest.mark.parametrize("change", [with_nan, with_infinity])
def test_diagnose_draw_that_is_not_finite_fails_the_gate(change):
    assert any(p.startswith("r_hat_max nan") for p in planted("sigma", change).gate_failures)


def test_diagnose_nan_is_the_worst():
    assert planted("sigma", with_nan).worst == "sigma"


def test_diagnose_one_chain_fails_the_gate():
    found = diagnosed({name: values[:1] for name, values in good_draws().items()})
    assert found.gate_failures == ("r_hat_max nan > 1.05",)


# Inner variables


def test_diagnose_inner_variables_are_not_in_the_headline(good):
    assert planted("alpha_offset", stuck).metrics["r_hat_max"] == good.metrics["r_hat_max"]


def test_diagnose_inner_variables_are_not_the_worst(good):
    assert planted("alpha_offset", stuck).worst == good.worst


@pytest.mark.parametrize("change", [stuck, with_nan])
def test_diagnose_inner_variables_are_seen_by_the_gate(change):
    assert any(p.startswith("r_hat_max") for p in planted("alpha_offset", change).gate_failures)
