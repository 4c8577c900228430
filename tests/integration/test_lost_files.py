"""Files that somebody deletes while a sweep runs are said, and `resume` makes them again."""

import shutil

import pytest

from hierbench.cli import main
from hierbench.sweeps import parent
from hierbench.tracking import cells_of, latest_sweep
from tests.integration.sweeps.sweeping import empty_store, unlock
from tests.planted import plant

GRID = [
    "data=berlin_like",
    "data.rows=60",
    "data.groups=6",
    "parameterization=centered",
    "artifacts=minimal",
    "plots=none",
    "seed=1,2",
    "hydra/launcher=basic",
]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return an empty store in runs/ of the working folder; nothing is sampled or drawn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(parent, "reported", lambda *_: None)
    return empty_store(tmp_path)


def delete_sent(store):
    """Delete the artifacts of the cells that were sent, as a cleaner would."""
    for folder in store.location.artifacts.glob("*"):
        if (folder / "artifacts" / "posterior.nc").exists():
            shutil.rmtree(folder)


def delete_unsent(store):
    """Delete the local files of the cell in hand, before they are sent."""
    for file in store.location.sweeps.rglob("config.yaml"):
        file.unlink()


@pytest.mark.parametrize("delete", [delete_sent, delete_unsent])
def test_cell_whose_files_are_deleted_in_mid_sweep_is_said_and_made_again(
    store, monkeypatch, capsys, delete
):
    plant(monkeypatch, lambda seed: delete(store) if seed == 2 else None)
    assert main(["sweep", *GRID]) == 1
    out, _ = capsys.readouterr()
    assert "hierbench resume" in out
    sweep_id = latest_sweep(store).run_id
    [lost] = [cell for cell in cells_of(store, sweep_id) if cell.status == "FAILED"]
    assert "config.yaml" in lost.tags["failure"]
    plant(monkeypatch)
    unlock(store.location.sweeps / sweep_id)
    assert main(["resume", sweep_id]) == 0
    assert [cell.status for cell in cells_of(store, sweep_id)] == ["FINISHED"] * 2


def test_run_whose_files_are_deleted_before_they_are_sent_exits_1(store, monkeypatch, capsys):
    plant(monkeypatch, lambda seed: delete_unsent(store))
    assert main(["run", *GRID[:6]]) == 1
    assert "config.yaml was deleted before it was sent" in capsys.readouterr().out
