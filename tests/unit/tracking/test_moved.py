"""A store whose folder was moved or copied works where it is, and can be given its new address."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hierbench.cli import main
from hierbench.errors import StoreError
from hierbench.tracking import NewRun, list_files, locate, log_files, open_store
from hierbench.tracking.moved import files_here, moved_from, readdress
from hierbench.tracking.probe import MOVED, probe
from hierbench.tracking.recorded import recorded_config
from hierbench.tracking.runs import start_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder `runs` with one run that has a file, and the run's id."""
    folder = tmp_path_factory.mktemp("made") / "a%20b #1" / "runs"
    store = open_store(locate(f"sqlite:///{str(folder).replace('%', '%25')}/mlflow.db", folder))
    run_id = new_run(store, "first")
    files = folder.parent / "files"
    (files / "plots").mkdir(parents=True)
    (files / "config.yaml").write_text("seed: 1\n")
    (files / "plots" / "trace.png").write_text("drawn")
    log_files(store, run_id, files)
    return folder, run_id


def new_run(store, name):
    """Start a run."""
    return start_run(store, NewRun("cell", name, "", {}, {"seed": "1"}), name)


def opened(folder):
    """Open the store in `folder`, whatever its name."""
    return open_store(locate(None, folder.parent), create=False)


@pytest.fixture
def moved(made, tmp_path):
    """Return the store after its folder was moved, the run's id and where it was."""
    folder, run_id = made
    shutil.copytree(folder, tmp_path / "runs")
    kept = folder.with_name("kept away")
    folder.rename(kept)
    yield opened(tmp_path / "runs"), run_id, folder
    assert not folder.exists(), "written to where the store was"
    kept.rename(folder)


def addresses(file):
    """Return every address of artifacts in a database."""
    with closing(sqlite3.connect(file)) as database:
        experiments = database.execute("SELECT artifact_location FROM experiments").fetchall()
        runs = database.execute("SELECT artifact_uri FROM runs").fetchall()
    return [text for (text,) in (*experiments, *runs)]


def test_files_of_a_moved_store_are_found_beside_its_database(moved, tmp_path):
    store, run_id, folder = moved
    assert moved_from(store) == (folder / "artifacts").as_uri()
    assert list_files(store, run_id) == ["config.yaml", "plots/trace.png"]
    into = tmp_path / "into"
    into.mkdir()
    assert recorded_config(store, run_id, into) == {"seed": 1}


def test_files_of_a_copied_store_are_written_beside_it_and_not_into_the_original(made, tmp_path):
    folder, run_id = made
    shutil.copytree(folder, tmp_path / "runs")
    store = opened(tmp_path / "runs")
    before = sorted(folder.rglob("*"))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "config.yaml").write_text("seed: 2\n")
    for run in (run_id, new_run(store, "second")):
        log_files(store, run, tmp_path / "more")
        assert list_files(store, run)[0] == "config.yaml"
        written = tmp_path / "runs" / "artifacts" / run / "artifacts" / "config.yaml"
        assert written.read_text() == "seed: 2\n"
    assert sorted(folder.rglob("*")) == before
    assert (folder / "artifacts" / run_id / "artifacts" / "config.yaml").read_text() == "seed: 1\n"


def test_a_store_that_was_not_moved_is_left_to_mlflow(made):
    store = opened(made[0])
    assert moved_from(store) is None
    assert readdress(store) == (0, None)
    assert probe(store.location) == "answers"


def test_a_database_moved_without_its_files_finds_them_where_they_are(made, tmp_path):
    folder, run_id = made
    (tmp_path / "runs").mkdir()
    for file in folder.glob("mlflow.db*"):
        shutil.copy(file, tmp_path / "runs")
    store = opened(tmp_path / "runs")
    assert list_files(store, run_id) == ["config.yaml", "plots/trace.png"]
    with pytest.raises(StoreError, match="move the folder artifacts beside the database first"):
        readdress(store)


def test_doctor_says_that_a_store_was_moved(moved):
    store, _, folder = moved
    assert probe(store.location) == f"answers; {MOVED} (from {(folder / 'artifacts').as_uri()})"


def test_repair_rewrites_the_addresses_below_the_old_folder_alone(moved, tmp_path, capsys):
    store, run_id, folder = moved
    old, new = (folder / "artifacts").as_uri(), (tmp_path / "runs" / "artifacts").as_uri()
    file = tmp_path / "runs" / "mlflow.db"
    with closing(sqlite3.connect(file)) as database, database:
        # One that only begins alike, and has what is a wildcard to LIKE in place of a character.
        database.execute(
            "INSERT INTO experiments (name, artifact_location, lifecycle_stage) VALUES (?, ?, ?)",
            ("theirs", f"{old}-theirs/1", "active"),
        )
    before = addresses(file)
    uri = f"sqlite:///{file}"
    assert main(["repair", "--moved", "--json", "--store", uri]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rewritten"] == 2
    assert addresses(said["copy"]) == before
    after = addresses(file)
    assert set(after) - set(before) == {new, f"{new}/{run_id}/artifacts"}
    assert f"{old}-theirs/1" in after
    again = open_store(store.location, create=False)
    assert moved_from(again) is None
    # MLflow alone, as its UI does.
    (tmp_path / "into").mkdir()
    path = again.client.download_artifacts(run_id, "config.yaml", str(tmp_path / "into"))
    assert Path(path).read_text() == "seed: 1\n"
    assert main(["repair", "--moved", "--store", uri]) == 0
    assert "0 addresses rewritten" in capsys.readouterr().out


def test_a_hostile_run_id_is_no_path(moved):
    assert files_here(moved[0], "../../etc") is None
