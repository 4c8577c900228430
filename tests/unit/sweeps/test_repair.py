"""`repair` closes what a dead process left open, of this host and start, and nothing else."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    RESOURCE_EXHAUSTED,
    TEMPORARILY_UNAVAILABLE,
    UNAUTHENTICATED,
)

from hierbench.errors import StoreError
from hierbench.process import this_process
from hierbench.records import RunStatus
from hierbench.sweeps.repair import open_elsewhere, repair, sync
from hierbench.tracking import (
    LocalRun,
    NewRun,
    artifacts_of,
    ended,
    find_run,
    locate,
    open_run,
    open_store,
    read,
    write,
)

HERE = this_process()
GONE = replace(HERE, start_ticks=1)
ELSEWHERE = replace(GONE, host="another")
CONTAINED = replace(GONE, namespace=1)
EARLIER = replace(HERE, boot_id="another")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))


def begun(store, name, process, *, local=True):
    """Return the folder and the id of a run that `process` has begun."""
    folder = store.location.sweeps / name
    run = LocalRun(NewRun("cell", name, "", {"cell_key": name, "process": str(process)}, {}))
    run = open_run(store, folder, write(folder, run))
    if not local:
        (folder / "record.json").unlink()
    return folder, run.run_id


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(
    ("process", "status"),
    [
        (GONE, "KILLED"),
        (EARLIER, "KILLED"),
        (HERE, "RUNNING"),
        (ELSEWHERE, "RUNNING"),
        (CONTAINED, "RUNNING"),
    ],
    ids=["gone", "earlier", "here", "elsewhere", "contained"],
)
def test_repair_closes_the_dead_only(store, request, process, status, local):
    _, run_id = begun(store, request.node.name, process, local=local)
    closed = repair(store)
    assert (run_id in ids(closed)) is (status == "KILLED")
    assert find_run(store, run_id).status == status


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(
    ("process", "status"),
    [(ELSEWHERE, "KILLED"), (CONTAINED, "KILLED"), (HERE, "RUNNING"), ("nobody", "RUNNING")],
    ids=["elsewhere", "contained", "here", "nobody"],
)
def test_repair_closes_those_of_other_hosts_when_asked(store, request, process, status, local):
    _, run_id = begun(store, request.node.name, process, local=local)
    assert (run_id in ids(open_elsewhere(store))) is (process in (ELSEWHERE, CONTAINED))
    closed = repair(store, all_hosts=True)
    assert (run_id in ids(closed)) is (status == "KILLED")
    assert find_run(store, run_id).status == status
    assert open_elsewhere(store) == []


def ids(runs):
    """Return the ids of some runs."""
    return {run.run_id for run in runs}


def test_repair_says_why(store):
    folder, run_id = begun(store, "why", GONE)
    repair(store)
    assert find_run(store, run_id).tags["failure"] == "its process is gone"
    assert read(folder).status is RunStatus.KILLED


def test_repair_leaves_an_unreadable_process_alone(store):
    _, run_id = begun(store, "unreadable", "nobody")
    repair(store)
    assert find_run(store, run_id).status == "RUNNING"


def test_repair_sends_what_had_ended(store):
    folder, run_id = begun(store, "ended", GONE)
    ended(folder, read(folder), RunStatus.FINISHED, metrics={"r_hat_max": 1.0})
    repair(store)
    assert find_run(store, run_id).status == "FINISHED"


def test_repair_leaves_the_cell_of_a_living_sweep_to_it(store):
    begun(store, "alive", HERE)
    folder, _ = begun(store, "alive/cell", GONE)
    repair(store)
    assert read(folder).status is RunStatus.RUNNING


def test_sync_counts_what_it_sends(store):
    folder, _ = begun(store, "counted", GONE)
    ended(folder, read(folder), RunStatus.FINISHED)
    assert (sync(store, folder), sync(store, folder)) == (1, 0)


def waiting(store, name):
    """Return the folder and the id of a cell that has ended and was not sent."""
    folder, run_id = begun(store, name, GONE)
    (artifacts_of(folder) / "posterior.nc").write_text("draws")
    ended(folder, read(folder), RunStatus.FINISHED, metrics={"r_hat_max": 1.0})
    return folder, run_id


def delete(store, run_id):
    store.client.delete_run(run_id)


def purge(store, run_id):
    store.client.delete_run(run_id)
    with closing(sqlite3.connect(store.location.file)) as connection:
        tables = ("tags", "params", "metrics", "latest_metrics", "runs")
        for table in tables:
            connection.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (run_id,))
        connection.commit()


@pytest.mark.parametrize("verb", [repair, lambda store: sync(store, store.location.sweeps)])
@pytest.mark.parametrize("change", [delete, purge])
def test_run_that_the_store_has_no_more_is_set_aside_and_the_others_are_sent(
    store, request, change, verb, capsys
):
    name = request.node.name
    folder, run_id = waiting(store, f"{name}/gone")
    _, other = waiting(store, f"{name}/other")
    change(store, run_id)
    verb(store)
    assert find_run(store, other).status == "FINISHED"
    place = folder.with_name("gone.set-aside")
    assert not folder.exists()
    assert (artifacts_of(place) / "posterior.nc").read_text() == "draws"
    [line] = [text for text in capsys.readouterr().err.splitlines() if str(folder) in text]
    assert str(place) in line
    assert run_id in line
    assert ("mlflow runs restore --run-id" in line) == (change is delete)
    verb(store)
    assert str(folder) not in capsys.readouterr().err


def test_run_that_was_restored_and_renamed_back_is_sent(store):
    folder, run_id = waiting(store, "restored")
    delete(store, run_id)
    sync(store, folder)
    store.client.restore_run(run_id)
    folder.with_name("restored.set-aside").rename(folder)
    assert sync(store, folder) == 1
    assert find_run(store, run_id).metrics["r_hat_max"] == 1.0


def test_run_that_the_store_refuses_is_set_aside(store):
    """A name of a metric that is too long: sending it again changes nothing."""
    folder, _ = waiting(store, "refused")
    ended(folder, read(folder), RunStatus.FINISHED, metrics={"m" * 1000: 1.0})
    assert sync(store, folder) == 0
    assert folder.with_name("refused.set-aside").exists()


@pytest.mark.parametrize(
    "error",
    [
        MlflowException("locked", error_code=TEMPORARILY_UNAVAILABLE),
        MlflowException("quota", error_code=RESOURCE_EXHAUSTED),
        MlflowException("who are you", error_code=UNAUTHENTICATED),
        sqlite3.DatabaseError("database disk image is malformed"),
        OSError(28, "No space left on device"),
    ],
    ids=repr,
)
def test_run_that_a_store_in_trouble_does_not_take_stays_and_is_named(
    store, request, error, monkeypatch
):
    folder, _ = waiting(store, f"stays-{len(request.node.name)}")

    def fail(*_, **__):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(store.client, "log_batch", fail)
        with pytest.raises(StoreError, match=folder.name):
            sync(store, folder)
    assert sync(store, folder) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_bad_record_blocks_neither_repair_nor_sync(store, request, content, capsys):
    name = request.node.name
    folder, _ = waiting(store, f"{name}/bad")
    _, other = waiting(store, f"{name}/other")
    (folder / "record.json").write_bytes(content)
    repair(store)
    assert find_run(store, other).status == "FINISHED"
    assert str(folder) in capsys.readouterr().err
    assert (folder.with_name("bad.set-aside") / "record.json").read_bytes() == content


def test_bad_record_of_a_sweep_does_not_hide_its_cells(store):
    parent, _ = begun(store, "spoilt", GONE)
    _, cell = begun(store, "spoilt/cell", GONE)
    (parent / "record.json").write_text("")
    repair(store)
    assert find_run(store, cell).status == "KILLED"
