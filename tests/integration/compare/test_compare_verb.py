"""`hierbench compare` on planted sweeps: figures, forms, files and filters."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from hierbench.records import RunStatus
from hierbench.tracking.contract import COMPARISON
from tests.integration.compare.calling import asked, call
from tests.integration.compare.planted import METRICS, Planted, grid, plant_cell, plant_sweep

SCALES = ("1", "10")


@pytest.fixture(scope="module")
def found(planting):
    return json.loads(asked(planting, "--json").out)


@pytest.fixture(scope="module")
def stored(planting):
    """Return MLflow's own rows of the latest sweep's cells."""
    client = MlflowClient(tracking_uri=planting.store.location.uri)
    query = f"tags.`hierbench.sweep_id` = '{planting.ids['base']}'"
    runs = client.search_runs([planting.store.experiment_id], query)
    rows = [{"run_id": r.info.run_id, **r.data.params, **r.data.metrics} for r in runs]
    return pd.DataFrame(rows).set_index("run_id")


def test_compare_takes_the_latest_sweep(planting, found):
    assert [sweep["sweep_id"] for sweep in found["sweeps"]] == [planting.ids["base"]]


def test_compare_reads_the_parents_table(found):
    assert found["sweeps"][0]["source"] == "table"


def test_compare_figures_equal_those_of_mlflow(found, stored):
    for setting in found["settings"]:
        rows = stored.loc[setting["run_ids"]]
        for name, estimate in setting["estimates"].items():
            assert estimate["median"] == pytest.approx(rows[name].median(), rel=1e-15), name
            assert estimate["seeds"] == len(rows)


def test_compare_intervals_are_t_intervals_of_mlflows_figures(found, stored):
    """Against the textbook's formula, written out."""
    t = {2: 2.919986, 4: 2.131847}
    for setting in found["settings"]:
        logs = np.log(stored.loc[setting["run_ids"]]["ess_per_second"])
        half = t[len(logs) - 1] * logs.std() / math.sqrt(len(logs))
        estimate = setting["estimates"]["ess_per_second"]
        assert estimate["low"] == pytest.approx(math.exp(logs.mean() - half), rel=1e-6)
        assert estimate["high"] == pytest.approx(math.exp(logs.mean() + half), rel=1e-6)


def test_compare_every_cell_of_mlflow_is_in_a_setting(found, stored):
    runs = [run for setting in found["settings"] for run in setting["run_ids"]]
    assert sorted(runs) == sorted(stored.index)


def test_compare_ranks_the_best_first(found):
    forms = [
        s["axes"]["parameterization"] for s in found["settings"] if "scale 1 " in s["posterior"]
    ]
    assert forms == ["noncentered", "centered"]


def test_compare_probabilities_add_up_within_a_posterior(found):
    for scale in SCALES:
        best = [
            s["probability_best"]["ess_per_second"]
            for s in found["settings"]
            if s["axes"]["prior.scale"] == scale
        ]
        assert sum(best) == pytest.approx(1)


def test_compare_pairs_are_of_one_posterior(found):
    settings = found["settings"]
    assert len(found["pairs"]) == len(SCALES)
    for pair in found["pairs"]:
        assert settings[pair["first"]]["posterior"] == settings[pair["second"]]["posterior"]


def test_compare_undecided_pair_says_how_to_decide(planting, found):
    pair = found["pairs"][1]
    assert pair["verdict"] == "undecided"
    start = f"hierbench sweep --extend {planting.ids['base'][:8]} prior.scale=10 "
    assert pair["command"].startswith(start)
    assert "seed=" in pair["command"].removeprefix(start)


def test_compare_verify_finds_nothing_in_an_honest_store(planting):
    called = call(planting, "--verify")
    assert (called.code, called.out.splitlines()[-1]) == (
        0,
        "verified: 16 cells are as the store has them",
    )


def test_compare_verify_finds_a_figure_that_was_changed_in_the_store(tmp_path_factory, planting):
    sweep = plant_sweep(planting.store, grid(2, start=7), table=True)
    cell = next(iter(call_json(planting, sweep)["settings"]))["run_ids"][0]
    planting.store.client.log_metric(cell, "ess_per_second", 1.0)
    called = call(planting, sweep, "--verify")
    planting.store.client.delete_run(sweep)
    assert called.code == 1
    assert f"{cell}: ess_per_second differs" in called.out


def call_json(planting, *words):
    return json.loads(asked(planting, *words, "--json").out)


def test_compare_lists_and_does_not_rank_what_fails_the_gate(planting):
    settings = call_json(planting, "{gated}")["settings"]
    reasons = {s["axes"]["parameterization"]: s["why_unranked"] for s in settings}
    assert reasons == {
        "noncentered": "",
        "varying_sigma": "0 of 3 seeds passed the gate",
        "centered": "1 of 4 cells failed",
    }
    assert settings[0]["axes"]["parameterization"] == "noncentered"
    assert call_json(planting, "{gated}")["pairs"] == []


def test_compare_old_store_ranks_by_what_it_has(planting):
    found = call_json(planting, "{old}")
    assert found["metric"] == "ess_bulk_min"
    seconds = found["settings"][0]["estimates"]["ess_per_second"]
    assert (seconds["median"], seconds["low"], seconds["note"]) == (
        METRICS["ess_per_second"],
        None,
        "timing not checked in 2 of 2 cells",
    )


def test_compare_one_seed_has_no_interval_and_ranks_nothing(planting):
    called = call(planting, "{one seed}")
    assert called.code == 0
    assert "One seed per setting: no intervals and no ranks" in called.out
    assert not any(s["ranked"] for s in call_json(planting, "{one seed}")["settings"])


def test_compare_several_sweeps_take_each_cell_once(planting):
    found = call_json(planting, "{one seed}", "{base}")
    cells = [run for setting in found["settings"] for run in setting["run_ids"]]
    assert len(cells) == 16
    assert any("2 cells are in several of the sweeps" in note for note in found["notes"])


def test_compare_a_sweep_in_progress_says_so(planting):
    cells = [*grid(2, start=3), Planted({"seed": "3"}, status=RunStatus.RUNNING)]
    sweep = plant_sweep(planting.store, cells, status=RunStatus.RUNNING)
    called = call(planting, sweep)
    found = call_json(planting, sweep)
    planting.store.client.delete_run(sweep)
    assert called.code == 0
    assert "In progress: 4 cells ended, 1 running." in called.out
    assert found["sweeps"][0]["source"] == "store"


def test_compare_a_cell_added_later_is_seen(planting, tmp_path):
    sweep = plant_sweep(planting.store, grid(2, start=4))
    plant_cell(planting.store, Planted({"seed": "3"}), sweep, tmp_path / "later")
    found = call_json(planting, sweep)
    planting.store.client.delete_run(sweep)
    assert found["sweeps"][0]["source"] == "store"
    assert sum(setting["cells"] for setting in found["settings"]) == 5


def test_compare_a_damaged_table_is_passed_over(planting):
    sweep = plant_sweep(planting.store, grid(2, start=5))
    root = planting.store.client.get_run(sweep).info.artifact_uri.removeprefix("file://")
    with open(f"{root}/{COMPARISON}", "wb") as file:
        file.write(b"PAR1 nothing")
    found = call_json(planting, sweep)
    planting.store.client.delete_run(sweep)
    assert found["sweeps"][0]["source"] == "store"


# Forms of the answer


def test_compare_table_fits_100_columns(planting):
    lines = [x for x in asked(planting).out.splitlines() if not x.startswith("    hierbench")]
    assert max(map(len, lines)) <= 100


def test_compare_prints_no_bare_winner(planting):
    out = asked(planting).out
    assert [line.count("[") for line in out.splitlines() if ">0.99" in line] == [2]
    assert "noncentered is better: 1.99 times the ess_per_second of centered (90 % interval" in out


def test_compare_markdown_has_a_table_per_posterior(planting):
    rules = [x for x in call(planting, "--markdown").out.splitlines() if x.startswith("| ---")]
    assert len(rules) == len(SCALES)


def test_compare_csv_has_a_row_per_cell(planting, stored, tmp_path):
    assert call(planting, "--csv", str(tmp_path / "cells.csv")).code == 0
    table = pd.read_csv(tmp_path / "cells.csv").set_index("run_id")
    assert set(table.index) == set(stored.index)
    for name in METRICS:
        assert np.array_equal(table[name], stored.loc[table.index, name])


def test_compare_pivots_over_two_axes(planting):
    out = call(planting, "--rows", "parameterization", "--columns", "prior.scale").out
    row = next(line for line in out.splitlines() if line.startswith("noncentered"))
    assert row.count("[") == len(SCALES)


def test_compare_pivot_takes_the_other_axis_by_itself(planting):
    both = call(planting, "--rows", "parameterization", "--columns", "prior.scale").out
    assert call(planting, "--rows", "parameterization").out == both


@pytest.mark.parametrize(
    ("condition", "cells"),
    [
        ("prior.scale=10", 6),
        ("prior.scale=10.0", 6),
        ("prior.scale!=10", 10),
        ("prior.scale>=1 seed<=2", 8),
        ("parameterization=centered,correlated", 8),
        ("ess_per_second>500 seed>4", 1),
        ("gate=passed", 16),
    ],
)
def test_compare_where_keeps_the_cells_that_meet_all(condition, cells, planting):
    settings = call_json(planting, "--where", condition)["settings"]
    assert sum(setting["cells"] for setting in settings) == cells


def test_compare_metric_whose_lower_end_is_better(planting):
    settings = call_json(planting, "--where", "prior.scale=10", "--metric", "ess_per_second")
    assert settings["metric"] == "ess_per_second"
    fast = call_json(planting, "--metric", "sample_seconds")
    assert fast["metric"] == "sample_seconds"
