"""`hierbench compare --baseline`: what became of each setting, and the exit code."""

import json

import pandas as pd
import pytest

from tests.integration.compare.calling import asked, call
from tests.integration.compare.planted import FORMS


def against(planting, now, then, *words):
    called = asked(planting, now, "--baseline", then, *words, "--json")
    return called.code, json.loads(called.out)


def outcomes(found):
    return [change["outcome"] for change in found["changes"]]


def test_baseline_slowdown_is_found_and_ends_in_1(planting):
    code, found = against(planting, "{slower}", "{base}")
    assert (code, found["bad"], found["metric"]) == (1, True, "ess_per_second")
    assert outcomes(found) == ["slower", "slower"]
    assert (found["only_then"], found["only_now"]) == (2, 0)


def test_baseline_speedup_is_no_bad_answer(planting):
    code, found = against(planting, "{base}", "{slower}")
    assert (code, outcomes(found)) == (0, ["faster", "faster"])


def test_baseline_slowdown_below_the_threshold_is_let_be(planting):
    code, found = against(planting, "{slower}", "{base}", "--threshold", "3")
    assert (code, outcomes(found)) == (0, ["undecided", "undecided"])


def test_baseline_one_seed_is_not_compared_and_ends_in_0(planting):
    code, found = against(planting, "{one seed}", "{slower}")
    assert code == 0
    assert {change["note"] for change in found["changes"]} == {"1 passing seeds in the sweep"}


def test_baseline_old_store_is_compared_by_what_it_has(planting):
    _, found = against(planting, "{base}", "{old}")
    assert found["metric"] == "ess_bulk_min"
    assert "timing is not valid, or was not checked, in 4 cells of the base" in found["notes"][0]


@pytest.mark.parametrize(("now", "code"), [("{moved}", 1), ("{same}", 0)])
def test_baseline_reads_the_cells_parameters(now, code, planting):
    ended, found = against(planting, now, "{known}")
    assert ended == code
    assert [change["shift"][:21] for change in found["changes"]] == (
        ["the mean of mu_alpha "] if code else [""]
    )
    assert found["notes"] == []


def test_baseline_says_what_it_could_not_read(planting):
    _, found = against(planting, "{slower}", "{base}")
    assert found["notes"] == [
        "20 tables of parameters could not be read: their posteriors are not checked."
    ]


def test_baseline_csv_has_a_row_per_cell(planting, tmp_path):
    file = tmp_path / "cells.csv"
    call(planting, "{slower}", "--baseline", "{base}", "--csv", str(file))
    rows = pd.read_csv(file)
    assert len(rows) == 5 * len(FORMS)
    ratio = rows["ess_per_second_then"] / rows["ess_per_second_now"]
    assert rows["slowdown"].to_numpy() == pytest.approx(ratio.to_numpy())


def test_baseline_table_fits_100_columns(planting):
    lines = call(planting, "{slower}", "--baseline", "{base}").out.splitlines()
    assert max(map(len, lines)) <= 100


def test_baseline_markdown_has_a_table(planting):
    out = call(planting, "{slower}", "--baseline", "{base}", "--markdown").out
    assert "| setting | gate then | gate now | same draws | slowdown | outcome |" in out
