"""Ranks are read from a store that is not trusted: what is no rank is refused."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hierbench.errors import StoreError
from hierbench.records import Axes, RunStatus
from hierbench.validation import ranks as module
from hierbench.validation.ranks import recorded_ranks

PLANNED = SimpleNamespace(
    form=SimpleNamespace(name="noncentered"),
    axes=Axes({"alpha": ("group",)}, {"group": ("a",)}),
    dataset=SimpleNamespace(truth={"sigma": np.array(1.0), "alpha": np.array([2.0])}),
)
TABLE = {
    "parameter": ["sigma", "alpha[a]", "alpha_offset[a]"],
    "estimand": [True, True, False],
    "truth_rank": [3.0, 99.0, float("nan")],
    "truth_rank_draws": [99.0, 99.0, float("nan")],
}


def cell(run_id, *, status=RunStatus.FINISHED, gate="passed"):
    params = {"parameterization": "noncentered"}
    return SimpleNamespace(run_id=run_id, status=status, params=params, tags={"gate": gate})


@pytest.fixture
def read(monkeypatch):
    """Read the ranks of cells whose tables are given by run id."""

    def recorded(cells, tables, planned=2):
        monkeypatch.setattr(module, "cells_of", lambda store, sweep_id: cells)
        monkeypatch.setattr(
            module,
            "recorded_table",
            lambda store, run_id, name, folder: pd.DataFrame(tables[run_id]),
        )
        return recorded_ranks(None, "sweep", [PLANNED] * planned)["noncentered"]

    return recorded


def test_ranks_are_those_of_the_estimands_sorted(read):
    found = read([cell("a"), cell("b")], {"a": TABLE, "b": TABLE})
    assert (found.names, found.draws) == (("alpha[a]", "sigma"), 99)
    assert found.ranks.tolist() == [[99, 3], [99, 3]]


def test_ranks_count_fits_that_failed_the_gate(read):
    found = read([cell("a"), cell("b", gate="failed")], {"a": TABLE, "b": TABLE})
    assert (len(found.ranks), found.gate_failed) == (2, 1)


def test_ranks_are_missing_of_cells_that_did_not_finish(read):
    found = read([cell("a"), cell("b", status=RunStatus.FAILED)], {"a": TABLE})
    assert (len(found.ranks), found.missing) == (1, 1)


def test_ranks_of_no_finished_cell_are_all_missing(read):
    assert read([], {}).missing == 2


@pytest.mark.parametrize(
    "change",
    [
        {"truth_rank": [3.0, 100.0, 0.0]},
        {"truth_rank": [3.0, -1.0, 0.0]},
        {"truth_rank": [3.5, 1.0, 0.0]},
        {"truth_rank": [float("nan"), 1.0, 0.0]},
        {"truth_rank_draws": [99.0, 50.0, 0.0], "truth_rank": [3.0, 4.0, 0.0]},
        {"truth_rank_draws": [1e9, 1e9, 0.0]},
        {"parameter": ["sigma", "alpha[b]", "alpha_offset[b]"]},
        {"parameter": ["sigma", "sigma", "alpha[a]"]},
    ],
    ids=["large", "negative", "no integer", "missing", "uneven", "many", "others", "twice"],
)
def test_ranks_refuse_a_table_that_has_not_one_for_each_estimand(read, change):
    with pytest.raises(StoreError, match=r"^a: its parameters\.parquet has not one rank for each"):
        read([cell("a")], {"a": {**TABLE, **change}}, planned=1)


def test_ranks_refuse_text(read):
    with pytest.raises(StoreError, match="the sweep is no calibration"):
        read([cell("a")], {"a": {**TABLE, "truth_rank": ["many", "few", "no"]}}, planned=1)


def test_ranks_refuse_a_table_without_the_column(read):
    table = {name: column for name, column in TABLE.items() if name != "truth_rank"}
    with pytest.raises(StoreError, match="the sweep is no calibration"):
        read([cell("a")], {"a": table}, planned=1)


def test_ranks_refuse_cells_ranked_among_different_numbers_of_draws(read):
    fewer = {**TABLE, "truth_rank_draws": [50.0] * 3, "truth_rank": [3.0, 4.0, 0.0]}
    with pytest.raises(StoreError, match=r"^a: its form's truths are ranked among 50 and 99 draws"):
        read([cell("a"), cell("b")], {"a": TABLE, "b": fewer})
