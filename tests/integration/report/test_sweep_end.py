"""What a sweep's end leaves in its parent run, and what it asks; no cell is fitted here."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from hierbench.records import RunStatus
from hierbench.sweeps import parent
from hierbench.tracking import (
    LocalRun,
    NewRun,
    artifacts_of,
    cells_of,
    find_run,
    list_files,
    open_run,
    view_page,
    write,
)
from hierbench.tracking.contract import PROVENANCE
from tests.integration.compare.planted import grid, plant_cell
from tests.integration.sweeps.sweeping import empty_store


@pytest.fixture
def closing(swept):
    """Give a store, a new parent run of it, and the cells that a sweep left."""
    store, sweep_id = swept
    new = NewRun("sweep", "sweep of 19", "**19 cells**", {"command": "hierbench sweep seed=1"}, {})
    opening = store.location.sweeps / "opening"
    run = open_run(store, opening, write(opening, LocalRun(new)))
    opening.rename(store.location.sweeps / run.run_id)
    return store, run.run_id, cells_of(store, sweep_id)


def test_sweep_end_leaves_table_report_and_note(closing):
    store, sweep_id, cells = closing
    parent.close_sweep(store, sweep_id, 19, cells, RunStatus.FINISHED)
    assert list_files(store, sweep_id) == ["comparison.parquet", "report.html"]
    run = find_run(store, sweep_id)
    note = run.tags["mlflow.note.content"]
    assert "**19 cells**" in note
    assert f"/runs/{sweep_id}/artifacts/report.html" in note.splitlines()[0]
    assert view_page(store, "table") in note
    assert "| centered |" in note
    assert run.metrics["cells_finished"] == 18


def test_sweep_end_is_not_lost_over_its_report(closing, monkeypatch, capsys):
    store, sweep_id, cells = closing

    def broken(*_, **__):
        raise ValueError("no ink\nat all")

    monkeypatch.setattr(parent, "write_report", broken)
    parent.close_sweep(store, sweep_id, 19, cells, RunStatus.FINISHED)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"hierbench: the report could not be drawn (no ink); try `hierbench compare {sweep_id[:8]} "
        "--html report.html`"
    ]
    assert list_files(store, sweep_id) == ["comparison.parquet"]
    assert find_run(store, sweep_id).status is RunStatus.FINISHED


def test_sweep_note_fits_into_a_tag():
    text = parent.cut(["x" * 3000] * 9)
    assert len(text) < 8000
    assert text.endswith("The rest is in the report.")


def table_of(rng):
    """Return a cell's table of parameters."""
    error = 0.02
    return pd.DataFrame(
        {
            "parameter": ["mu_alpha"],
            "estimand": [True],
            "mean": [rng.normal(0, error)],
            "sd": [1.0],
            "mcse_mean": [error],
            "mcse_sd": [error],
        }
    )


def calls_at_the_end(folder, seeds, monkeypatch):
    """End a sweep of two forms on a store that is not of this machine; count what it is asked."""
    store = empty_store(folder)
    store = replace(store, location=replace(store.location, artifacts=None))
    begun = LocalRun(NewRun("sweep", "sweep", "**cells**", {"command": "hierbench sweep"}, {}))
    opening = store.location.sweeps / "opening"
    sweep_id = open_run(store, opening, write(opening, begun)).run_id
    place = opening.rename(store.location.sweeps / sweep_id)
    rng = np.random.default_rng(seeds)
    cells = []
    for number, planned in enumerate(grid(seeds)):
        cell = replace(
            planned,
            params={**planned.params, "gate.r_hat_max": "1.01"},
            parameters=table_of(rng),
        )
        artifacts = artifacts_of(place / f"cell{number}")
        artifacts.mkdir(parents=True)
        (artifacts / PROVENANCE).write_text(json.dumps({"ran_on": {"python": "3.12"}}))
        cells.append(plant_cell(store, cell, sweep_id, place / f"cell{number}"))
    calls = Counter()

    def counted(name, method):
        def call(*values, **options):
            calls[name] += 1
            return method(*values, **options)

        return call

    with monkeypatch.context() as patched:
        for name, method in vars(MlflowClient).items():
            if callable(method) and not name.startswith("_"):
                patched.setattr(MlflowClient, name, counted(name, method))
        patched.setattr(parent, "compare_cells", counted("compare_cells", parent.compare_cells))
        closed = parent.close_sweep(store, sweep_id, len(cells), cells, RunStatus.FINISHED)
    assert closed.agreement.startswith("Agreement: ")
    assert list(place.glob("cell*")) == []
    return calls


def test_sweep_end_reads_nothing_back_that_it_has(tmp_path, monkeypatch):
    """It asks for twelve cells what it asks for four, and compares once."""
    four, twelve = (calls_at_the_end(tmp_path / f"{n}", n, monkeypatch) for n in (2, 6))
    assert twelve == four
    assert twelve["compare_cells"] == 1
    assert twelve["get_run"] <= 2
    assert twelve["search_runs"] == 0
