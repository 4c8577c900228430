"""Nothing that a store says steers a terminal, whichever verb prints it."""

import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hierbench.cli import main
from hierbench.tracking import Store
from tests.integration.compare.planted import Planted, plant_sweep
from tests.integration.sweeps.sweeping import empty_store

STEERING = "\x1b]0;owned\x07\x1b[2J\x9b1m \u202etxt.exe\u2066 \x7f\r\u200b"
HOSTILE = f"{STEERING}| `x` <script>alert(1)</script>"
TEXT = st.text(st.characters(), min_size=1, max_size=40)


def seen(words):
    """Return what a verb prints on both streams, every stream checked."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        main(words)
    for text in (out.getvalue(), err.getvalue()):
        assert text.replace("\n", "").isprintable(), words
    return out.getvalue()


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Give a folder, a store and the ids of a sweep and a cell whose every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    store = empty_store(folder)
    params = {"data": HOSTILE, "data.y": HOSTILE, "plots.groups": HOSTILE}
    tags = dict.fromkeys(("worst", "gate_failures", "timing_reasons"), HOSTILE)
    cells = [
        Planted({**params, "seed": str(seed), "parameterization": form}, tags=tags)
        for seed in (1, 2)
        for form in ("centered", HOSTILE)
    ]
    sweep = plant_sweep(store, cells, table=False)
    client = store.client
    for name in ("hierbench.command", "hierbench.agreement", "mlflow.runName", "hierbench.x"):
        client.set_tag(sweep, name, HOSTILE)
    found = client.search_runs([store.experiment_id], "tags.`hierbench.kind` = 'cell'")
    cell = found[0].info.run_id
    client.set_tag(cell, "mlflow.runName", HOSTILE)
    with chdir(folder):
        yield store, sweep, cell


@pytest.mark.parametrize(
    "words",
    [
        ["show", "SWEEP"],
        ["show", "CELL"],
        ["status", "SWEEP"],
        ["compare", "SWEEP"],
        ["compare", "SWEEP", "--rows", "seed"],
        ["compare", "SWEEP", "--where", HOSTILE],
        ["compare", "SWEEP", "--metric", HOSTILE],
        ["compare", "SWEEP", "--verify"],
        ["reproduce", "CELL"],
        ["resume", "SWEEP"],
        ["validate", "--of", "SWEEP"],
        ["repair"],
        ["sync"],
        ["ui", HOSTILE],
        ["show", HOSTILE],
        ["data", "check", HOSTILE],
        [HOSTILE],
    ],
)
def test_no_verb_prints_what_steers_a_terminal(words, planted):
    _, sweep, cell = planted
    seen([word.replace("SWEEP", sweep).replace("CELL", cell) for word in words])


def test_json_is_ascii_and_reads_back(planted):
    _, sweep, cell = planted
    for words in (["show", cell], ["show", sweep], ["compare", sweep]):
        out = seen([*words, "--json"])
        assert out.isascii()
        json.loads(out)


def test_markdown_opens_no_tag_and_no_cell(planted):
    _, sweep, _ = planted
    out = seen(["compare", sweep, "--markdown"])
    assert "<script" not in out
    rows = [line for line in out.splitlines() if line.startswith("| ")]
    widths = {len(line.replace("\\|", "").split("|")) for line in rows}
    assert len(widths) == 1


def test_a_csv_file_has_nothing_that_steers(planted, tmp_path):
    _, sweep, _ = planted
    seen(["compare", sweep, "--csv", str(tmp_path / "cells.csv")])
    text = (tmp_path / "cells.csv").read_text()
    assert text.replace("\n", "").isprintable()
    assert "\\x1b]0;owned" in text


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXT)
def test_any_text_in_a_tag_or_name_is_printed_harmless(text, planted):
    store: Store
    store, sweep, cell = planted
    for run in (sweep, cell):
        for name in ("mlflow.runName", "hierbench.worst", "hierbench.agreement"):
            try:
                store.client.set_tag(run, name, text.replace("\0", " "))
            except Exception:  # what the database does not take is not there to be printed
                return
    seen(["show", cell])
    seen(["compare", sweep])
