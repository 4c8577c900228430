"""Settings are summaries over seeds; a missing figure stays missing."""

import pytest

from hierbench.cli.tables import print_comparison
from hierbench.records import RunStatus
from tests.unit.comparison.cells import PARAMS, cell, compared, failed, only, seeds

FIGURES = ["ess_bulk_min", "ess_tail_min", "sample_seconds", "ess_per_second"]


def median(cells, name):
    return only(cells).estimates[name].median


def test_settings_cells_that_differ_by_seed_are_one():
    assert only(seeds("ess_bulk_min", [1, 2, 3])).finished == 3


@pytest.mark.parametrize("name", FIGURES)
def test_settings_take_the_median_over_seeds(name):
    assert median(seeds(name, [1.0, 100.0, 3.0]), name) == 3.0


def test_settings_median_of_two_seeds_is_their_mean():
    assert median(seeds("ess_bulk_min", [1.0, 4.0]), "ess_bulk_min") == 2.5


def test_settings_take_the_worst_r_hat():
    assert only(seeds("r_hat_max", [1.0, 1.4, 1.01])).r_hat_worst == 1.4


def test_settings_name_the_run_of_the_worst_r_hat():
    cells = [
        cell(params={"seed": seed}, metrics={"r_hat_max": r_hat}, run_id=run)
        for seed, r_hat, run in (("1", 1.0, "a"), ("2", 1.4, "b"), ("3", 1.1, "c"))
    ]
    assert only(cells).worst_run == "b"


def test_settings_list_runs_in_the_order_of_seeds():
    cells = [cell(params={"seed": seed}, run_id=f"run{seed}") for seed in ("10", "2", "1")]
    assert only(cells).run_ids == ("run1", "run2", "run10")


def test_settings_add_the_divergences():
    assert only(seeds("divergences", [1.0, 0.0, 5.0])).divergences == 6


@pytest.mark.parametrize("name", FIGURES)
def test_settings_missing_metric_gives_none(name):
    assert median(seeds(name, [1.0, None, 3.0]), name) is None


def test_settings_missing_metric_says_in_how_many_cells():
    estimate = only(seeds("ess_bulk_min", [1.0, None, 3.0])).estimates["ess_bulk_min"]
    assert estimate.note == "missing in 1 of 3 cells"


def test_settings_a_metric_that_no_cell_has_is_no_metric():
    assert "ess_bulk_min" not in compared(seeds("ess_bulk_min", [None])).metrics


@pytest.mark.parametrize("values", [[None], [1.0, None]])
def test_settings_missing_r_hat_gives_none(values):
    assert only(seeds("r_hat_max", values)).r_hat_worst is None


def test_settings_missing_metric_hides_no_other():
    assert median(seeds("r_hat_max", [1.0, None]), "ess_bulk_min") == 400.0


def test_settings_count_failed_cells():
    setting = only([*seeds("ess_bulk_min", [1.0, 2.0]), failed(seed="3")])
    assert (setting.cells, setting.finished, setting.failed) == (3, 2, 1)


def test_settings_failed_cells_are_in_no_median():
    cells = [*seeds("ess_bulk_min", [1.0, 2.0]), failed(seed="3")]
    assert median(cells, "ess_bulk_min") == 1.5


def test_settings_of_failed_cells_alone_have_no_figures():
    setting = only([failed()])
    assert (setting.finished, setting.failed, setting.r_hat_worst) == (0, 1, None)
    assert setting.estimates["elapsed_seconds"].median is None


def test_settings_count_the_seeds_that_passed_the_gate():
    gates = ["passed", "failed", "passed"]
    cells = [cell(params={"seed": str(seed)}, gate=gate) for seed, gate in enumerate(gates)]
    assert only(cells).passed == 2


def test_settings_a_killed_cell_passes_no_gate():
    assert only([cell(status=RunStatus.KILLED)]).passed == 0


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("parameterization", "noncentered"),
        ("sampler", "pymc"),
        ("sampler.target_accept", "0.95"),
        ("prior.scale", "4"),
    ],
)
def test_settings_differ_by_what_was_swept(key, other):
    found = compared([cell(), cell(params={key: other})]).settings
    assert [setting.axes[key] for setting in found] == [PARAMS[key], other]


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("workers", "2"),
        ("cores_per_cell", "2"),
        ("artifacts", "full"),
        ("plots", "all"),
        ("plots.groups", "a"),
        ("predictive.draws", "7"),
        ("limits.cell_seconds", "60"),
        ("tracking.uri", "http://host"),
    ],
)
def test_settings_do_not_differ_by_what_changes_no_draw(key, other):
    first = cell(params={key: "1"})
    assert only([first, cell(params={"seed": "2", key: other})]).finished == 2


def test_settings_always_name_the_parameterization():
    assert only([cell()]).axes == {"parameterization": "centered"}


def test_settings_of_one_posterior_stand_together_and_scales_go_by_size():
    cells = [
        cell(params={"prior.scale": scale, "parameterization": form}, posterior=f"scale {scale}")
        for form in ("centered", "noncentered")
        for scale in ("10", "2")
    ]
    found = [setting.posterior for setting in compared(cells).settings]
    assert found == ["scale 2", "scale 2", "scale 10", "scale 10"]


def test_settings_name_leaves_out_what_the_posterior_says():
    cells = [
        cell(params={"prior.scale": "4", "sampler.target_accept": "0.95"}, posterior="p4"),
        cell(),
    ]
    names = {setting.name for setting in compared(cells).settings}
    assert names == {"centered · target_accept 0.95", "centered · target_accept 0.8"}


def test_settings_of_the_cells_table_are_positions():
    cells = [
        *seeds("ess_per_second", [1.0, 1.1]),
        *seeds("ess_per_second", [3.0, 3.1], parameterization="noncentered"),
    ]
    found = compared(cells)
    forms = [found.settings[place].axes["parameterization"] for place in found.cells["setting"]]
    assert forms == list(found.cells["parameterization"])


def printed(cells, capsys):
    print_comparison(compared(cells))
    return capsys.readouterr().out


def test_settings_print_one_table_per_posterior(capsys):
    cells = [cell(posterior=f"p{scale}", params={"prior.scale": scale}) for scale in ("1", "4")]
    assert printed(cells, capsys).count("parameterization") == 2


def test_settings_print_a_dash_where_a_figure_is_missing(capsys):
    out = printed(seeds("ess_bulk_min", [1.0, None]), capsys).splitlines()
    row = next(line for line in out if line.startswith("centered"))
    assert row.split() == ["centered", "2/2", "1.000", "0", "200", "[200,", "200]", "-", "2.00",
                           "[2.00,", "2.00]", "-"]  # fmt: skip


def test_settings_print_how_many_failed(capsys):
    assert "1/1 (+1 failed)" in printed([cell(), failed(seed="2")], capsys)


def test_settings_print_fits_100_columns(capsys):
    axes = [
        {"parameterization": form, "sampler": sampler, "sampler.target_accept": accept}
        for form in ("varying_sigma", "correlated_noncentered")
        for sampler in ("nutpie", "blackjax")
        for accept in ("0.8", "0.99")
    ]
    per_gradient = {"ess_per_gradient": 0.0123456, "seconds_per_gradient": 1.23456e-5}
    cells = [
        cell(
            params={**params, "seed": str(seed)},
            metrics={"ess_per_second": 1234567.0 * seed, **per_gradient},
        )
        for params in axes
        for seed in (1, 2)
    ]
    tables = [line for line in printed(cells, capsys).splitlines() if "hierbench" not in line]
    rows = [line for line in tables if not line.startswith(("Undecided", "No"))]
    assert max(map(len, rows)) <= 100
