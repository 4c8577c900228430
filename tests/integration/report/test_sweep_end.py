"""What a sweep's end leaves in its parent run; no cell is fitted here."""

import pytest

import hierbench.sweep.parent as parent
from hierbench.records import RunStatus
from hierbench.tracking import (
    LocalRun,
    NewRun,
    cells_of,
    find_run,
    list_files,
    open_run,
    view_page,
    write,
)


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
