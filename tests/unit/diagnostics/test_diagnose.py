"""A fit's diagnosis on planted draws, whose faults are known; no sampling."""

import numpy as np
import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import diagnose, parameter_columns
from hierbench.models.homes import MODEL
from hierbench.records import Axes, Fit

CHAINS, DRAWS = 4, 400
GROUPS = ("95608", "95610", "Zoë")
AXES = Axes(dict.fromkeys(("alpha", "beta", "alpha_offset"), ("group",)), {"group": GROUPS})
NECKS = [neck.scale for neck in MODEL.necks]
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


def diagnosed(draws=None, *, diverging=0, gate=GATE, **stats):
    draws = draws or good_draws()
    flags = np.zeros(draws["sigma"].shape[:2], dtype=bool)
    flags.flat[:diverging] = True
    fit = Fit(
        posterior=draws,
        sample_stats={"diverging": flags, **stats},
        warmup_posterior={},
        warmup_sample_stats={},
        sample_seconds=2.0,
        sample_cpu_seconds=4.0,
    )
    return diagnose(fit, blocks=MODEL.blocks, necks=NECKS, axes=AXES, gate=gate)


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


# The sampler's statistics at the gate


def energy():
    return np.random.default_rng(9).normal(size=(CHAINS, DRAWS))


STRICT = GateConfig(ebfmi_min=0.3, treedepth_hits_share_max=0.01)


def test_diagnose_energy_that_is_crossed_passes():
    assert diagnosed(gate=STRICT, energy=energy()).gate_failures == ()


def test_diagnose_energy_that_is_hardly_crossed_fails_the_gate():
    (phrase,) = diagnosed(gate=STRICT, energy=energy().cumsum(axis=1)).gate_failures
    assert phrase.startswith("ebfmi_min 0.0")


@pytest.mark.parametrize("change", [with_nan, with_infinity, constant])
def test_diagnose_energy_without_an_ebfmi_fails_the_gate(change):
    assert diagnosed(gate=STRICT, energy=change(energy())).gate_failures == ("ebfmi_min nan < 0.3",)


def test_diagnose_energy_that_is_not_kept_is_not_checked():
    assert diagnosed(gate=STRICT).gate_failures == ()


@pytest.mark.parametrize(("hits", "phrases"), [(16, ()), (17, ("treedepth_hits 17 > 16",))])
def test_diagnose_hits_are_a_share_of_all_draws(hits, phrases):
    flags = (np.arange(CHAINS * DRAWS) < hits).reshape(CHAINS, DRAWS)
    assert diagnosed(gate=STRICT, reached_max_treedepth=flags).gate_failures == phrases


# Blocks


def blocked(**changed):
    """Diagnose draws with a hyperparameter, intercepts, slopes and a correlation."""
    draws = good_draws()
    rng = np.random.default_rng(8)
    draws |= {"beta": rng.normal(size=(CHAINS, DRAWS, 3)), "rho": rng.random((CHAINS, DRAWS))}
    return diagnosed({**draws, **changed})


def members(names, block):
    """Return which `names` make up a block."""
    variables = {"hyper": "sigma", "intercepts": "alpha", "slopes": "beta", "correlation": "rho"}
    return np.array([name.partition("[")[0] == variables[block] for name in names])


@pytest.mark.parametrize("block", ["hyper", "intercepts", "slopes", "correlation"])
def test_diagnose_block_is_the_worst_of_its_own(block):
    found = blocked()
    chosen = members(found.parameters["parameter"], block)
    assert found.metrics[f"ess_bulk_min.{block}"] == found.parameters["ess_bulk"][chosen].min()
    assert found.metrics[f"r_hat_max.{block}"] == found.parameters["r_hat"][chosen].max()
    worst = column(found, "ess_bulk")[found.worst_of_block[block]]
    assert worst == found.metrics[f"ess_bulk_min.{block}"]


def test_diagnose_blocks_make_up_the_headline():
    found = blocked().metrics
    sizes = [value for name, value in found.items() if name.startswith("ess_bulk_min.")]
    assert min(sizes) == found["ess_bulk_min"]


def test_diagnose_stuck_block_leaves_the_others_alone():
    found = blocked(beta=stuck(good_draws()["alpha"]))
    r_hats = {name: found.metrics[f"r_hat_max.{name}"] for name in found.worst_of_block}
    assert [name for name, value in r_hats.items() if value > 1.1] == ["slopes"]
    assert found.worst == found.worst_of_block["slopes"]


def test_diagnose_form_without_a_block_has_no_metric_of_it(good):
    assert set(good.worst_of_block) == {"hyper", "intercepts"}
    assert not any(name.endswith((".slopes", ".correlation")) for name in good.metrics)


def test_diagnose_block_with_nan_has_no_figure():
    found = blocked(rho=with_nan(good_draws()["sigma"]))
    assert np.isnan(found.metrics["ess_bulk_min.correlation"])
    assert np.isfinite(found.metrics["ess_bulk_min.slopes"])


def test_diagnose_scale_per_group_is_a_hyperparameter():
    found = diagnosed({**good_draws(), "sigma": good_draws()["alpha"]}, diverging=1)
    assert found.worst_of_block["hyper"].startswith("sigma[")
