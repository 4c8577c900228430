"""Every metric of the contract names a test that holds it to something that hierbench does not do.

That a test is independent only its reader can judge; that each metric has one, and that the test
is there, is checked here: a metric that is added, or a test that is renamed, needs its line.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from hierbench.metrics import METRICS

ROOT = Path(__file__).parents[2]
UNIT = "tests/unit"
HEADLINE = f"{UNIT}/diagnostics/test_blocks.py::test_headline_is_arvizs"
BLOCK = f"{UNIT}/diagnostics/test_blocks.py::test_block_is_arvizs"
PERCENTILES = (
    f"{UNIT}/diagnostics/test_divergences.py::test_divergences_are_those_of_scipys_percentiles"
)
SAID = f"{UNIT}/samplers/test_trajectories.py"
COUNTED = f"{UNIT}/samplers/test_gradients.py"
BY_HAND = f"{UNIT}/diagnostics/test_efficiency.py::test_efficiency_by_hand"
FIT_CLOCK = f"{UNIT}/samplers/test_clock.py"
PHASES = f"{FIT_CLOCK}::test_tune_and_draw_seconds_are_those_of_the_steps_of_their_phase"
CELL_CLOCK = f"{UNIT}/cell/test_fit.py"
WATCHED = f"{UNIT}/machine/test_window.py"
LOO = f"{UNIT}/diagnostics/test_loo.py::test_metrics_are_arvizs"

HELD_BY = {
    # ArviZ's own figures of the same draws.
    "r_hat_max": HEADLINE,
    "ess_bulk_min": HEADLINE,
    "ess_bulk_median": HEADLINE,
    "ess_tail_min": HEADLINE,
    "mcse_over_sd_max": HEADLINE,
    **{f"{name}.<block>": BLOCK for name in ("r_hat_max", "ess_bulk_min", "ess_min")},
    "reference_z_max": f"{UNIT}/diagnostics/test_rightness.py::"
    "test_reference_z_is_the_distance_in_both_standard_errors",
    "elpd_loo": LOO,
    "pareto_k_bad": LOO,
    # NumPy's and SciPy's.
    "constant_parameters": f"{UNIT}/diagnostics/test_blocks.py::"
    "test_constant_parameters_are_those_that_numpy_sees_still",
    **{f"divergence_{name}.<neck>": PERCENTILES for name in ("quantile", "spread")},
    "truth_z_max": f"{UNIT}/diagnostics/test_rightness.py::"
    "test_truth_z_is_the_distance_in_posterior_sds",
    # The positions at which a wrapped log density was asked, and how often.
    "divergences": f"{SAID}::test_divergences_are_the_trajectories_that_fell_over_the_wall",
    "divergences_tune": f"{SAID}::test_divergences_are_the_trajectories_that_fell_over_the_wall",
    "treedepth_hits": f"{SAID}::test_treedepth_hits_are_full_trees_that_have_not_turned",
    "ebfmi_min": f"{SAID}::test_energies_are_those_of_the_draws",
    "step_size_mean": f"{SAID}::test_step_sizes_are_those_that_leapfrog_steps_took",
    "acceptance_mean": f"{SAID}::test_acceptance_mean_is_that_of_the_energies_of_every_step",
    "gradients_tune": f"{COUNTED}::test_pymc_gradients_are_all_that_were_evaluated",
    "gradients_draw": f"{COUNTED}::test_pymc_gradients_are_all_that_were_evaluated",
    # Figures by hand; what they are made of is held above and below.
    "ess_per_second": BY_HAND,
    "ess_per_gradient": BY_HAND,
    "seconds_per_gradient": BY_HAND,
    # Clocks around slow parts that were planted.
    "sample_seconds": f"{FIT_CLOCK}::"
    "test_sample_seconds_are_from_the_first_step_to_the_variables_in_memory",
    "sample_cpu_seconds": f"{FIT_CLOCK}::"
    "test_sample_cpu_seconds_hold_those_of_chains_in_processes_of_their_own",
    "tune_seconds": PHASES,
    "draw_seconds": PHASES,
    "build_seconds": f"{CELL_CLOCK}::"
    "test_seconds_of_a_new_model_are_those_of_its_building_and_its_compilation",
    "compile_seconds": f"{CELL_CLOCK}::"
    "test_seconds_of_a_new_model_are_those_of_its_building_and_its_compilation",
    "diagnose_seconds": f"{CELL_CLOCK}::test_seconds_of_a_diagnosis_are_its_own",
    "store_seconds": f"{UNIT}/tracking/test_spool.py::"
    "test_send_says_what_the_upload_of_a_cell_took",
    "elapsed_seconds": f"{UNIT}/cell/test_running.py::"
    "test_elapsed_seconds_are_those_of_the_cell_without_its_upload",
    "machine_speed": f"{UNIT}/machine/test_kernel.py::"
    "test_machine_speed_is_the_best_of_repeats_whose_repetitions_take_a_known_time",
    # The standard library's and the kernel's other counts of planted work.
    "cpu_seconds": f"{UNIT}/test_process.py::"
    "test_cpu_seconds_count_this_process_and_its_ended_children",
    "peak_rss_mib": f"{UNIT}/machine/test_meter.py::test_peak_is_what_the_standard_library_says",
    "foreign_cpu_share": f"{WATCHED}::"
    "test_foreign_cpu_share_is_what_other_processes_worked_on_the_core",
    "steal_share": f"{WATCHED}::test_steal_share_is_what_the_planted_kernel_says",
}
"""The test that holds each metric, as pytest names it."""


@cache
def marks_in(path):
    """Return the marks of each test at the top of a file."""
    found = {}
    for one in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
            found[one.name] = " ".join(map(ast.unparse, one.decorator_list))
    return found


def test_every_metric_has_a_line_and_no_other():
    assert sorted(HELD_BY) == sorted(METRICS)


@pytest.mark.parametrize("metric", HELD_BY)
def test_test_of_a_metric_is_there_and_always_run(metric):
    path, _, name = HELD_BY[metric].partition("::")
    assert name in marks_in(path)
    marks = marks_in(path)[name]
    assert [word for word in ("slow", "skip", "xfail") if f"mark.{word}" in marks] == []
