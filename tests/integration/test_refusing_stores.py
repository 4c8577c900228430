"""A run that the store does not take is said, with what to do, and ends in exit code 1."""

import json
import sqlite3
from contextlib import closing

import pytest
from mlflow import MlflowClient

from hierbench.cli import main
from hierbench.errors import StoreError
from hierbench.tracking import locate
from hierbench.tracking.probe import probe
from tests.integration.sweeps.sweeping import empty_store
from tests.planted import plant

TINY = [
    "data=berlin_like",
    "data.rows=60",
    "data.groups=6",
    "parameterization=centered",
    "artifacts=minimal",
    "plots=none",
]
BASIC = "hydra/launcher=basic"


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return an empty store in runs/ of the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return empty_store(tmp_path)


def delete_experiment(store):
    store.client.delete_experiment(store.experiment_id)


def refuse_runs(store):
    """Let the database refuse new runs, as one over its quota does."""
    with closing(sqlite3.connect(store.location.file)) as connection:
        refusal = "SELECT RAISE(FAIL, 'quota exceeded')"
        for table in ("runs", "metrics", "tags"):
            connection.execute(
                f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN {refusal}; END"
            )


CALLS = [
    (delete_experiment, True),
    (refuse_runs, False),
    pytest.param(delete_experiment, False, marks=pytest.mark.slow),
    pytest.param(refuse_runs, True, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("trouble", "as_json"), CALLS)
def test_run_that_the_store_refuses_is_said_and_exits_1(
    store, monkeypatch, capsys, trouble, as_json
):
    plant(monkeypatch, lambda seed: trouble(store))
    code = main(["run", *TINY, *(["--json"] if as_json else [])])
    out, err = capsys.readouterr()
    assert code == 1
    assert "not in the store: " in err
    assert "Traceback" not in err
    [folder] = store.location.sweeps.glob("run-*")
    assert (folder / "artifacts" / "posterior.nc").exists()
    if as_json:
        found = json.loads(out)
        assert (found["status"], found["sent"]) == ("FINISHED", False)
        assert found["unsent"]
    else:
        assert "hierbench sync" in out
        assert str(folder) in out
        assert "hierbench show " not in out


@pytest.mark.parametrize(("trouble", "as_json"), CALLS)
def test_sweep_that_the_store_refuses_is_said_and_exits_1(
    store, monkeypatch, capsys, trouble, as_json
):
    done = []

    def once(seed):
        if not done:
            trouble(store)
        done.append(seed)

    plant(monkeypatch, once)
    code = main(["sweep", *TINY, "seed=1,2,3", BASIC, *(["--json"] if as_json else [])])
    out, err = capsys.readouterr()
    assert (code, done) == (1, [1, 2, 3])
    assert "3 cells wait for the store: hierbench sync\n" in err
    assert "Traceback" not in err
    if as_json:
        assert json.loads(out)["unsent"] == 3


@pytest.mark.parametrize("verb", [["run", *TINY], ["sweep", *TINY, "seed=1,2", BASIC], ["sync"]])
def test_deleted_experiment_is_named_before_any_fit(store, monkeypatch, capsys, verb):
    delete_experiment(store)
    plant(monkeypatch, lambda seed: pytest.fail("it was fitted"))
    assert main(verb) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "its experiment hierbench was deleted" in line
    assert f"mlflow experiments restore --experiment-id {store.experiment_id}" in line
    assert f"MLFLOW_TRACKING_URI={store.location.uri}" in line
    assert not store.location.sweeps.exists()


def test_what_waited_for_a_deleted_experiment_is_sent_after_it_is_restored(
    store, monkeypatch, capsys
):
    plant(monkeypatch, lambda seed: delete_experiment(store))
    main(["run", *TINY])
    store.client.restore_experiment(store.experiment_id)
    assert main(["sync", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"sent": 1}
    [run] = store.client.search_runs([store.experiment_id])
    assert (run.info.status, run.data.tags["hierbench.kind"]) == ("FINISHED", "cell")


def test_probe_of_a_store_whose_experiment_was_deleted(store):
    delete_experiment(store)
    with pytest.raises(StoreError, match="was deleted and takes no runs; restore it with"):
        probe(store.location)


def test_command_that_restores_an_experiment_works_on_a_folder_with_spaces(tmp_path):
    store = empty_store(tmp_path / "my runs")
    delete_experiment(store)
    with pytest.raises(StoreError, match="MLFLOW_TRACKING_URI='sqlite:"):
        probe(locate(store.location.uri, tmp_path))
    MlflowClient(tracking_uri=store.location.uri).restore_experiment(store.experiment_id)
    assert probe(store.location) == "answers"


def test_waiting_run_that_was_deleted_blocks_no_verb(store, monkeypatch, capsys):
    def delete_runs(seed):
        for run in store.client.search_runs([store.experiment_id]):
            store.client.delete_run(run.info.run_id)

    plant(monkeypatch, delete_runs)
    assert main(["run", *TINY]) == 1
    assert main(["sync", "--json"]) == 1
    out, err = capsys.readouterr()
    [place] = json.loads(out.splitlines()[-1])["set_aside"]
    assert place in err
    plant(monkeypatch)
    for verb in (["sync"], ["repair"], ["run", *TINY, "seed=2"]):
        assert main(verb) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("content", ["", '{"new": {'])
def test_bad_record_is_named_and_the_next_run_goes_on(store, monkeypatch, capsys, content):
    folder = store.location.sweeps / "run-1"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(content)
    plant(monkeypatch)
    assert main(["run", *TINY]) == 0
    [line] = capsys.readouterr().err.splitlines()
    assert str(folder) in line
    assert (store.location.sweeps / "run-1.set-aside" / "record.json").read_text() == content
