"""`repair` closes what a dead process left open, of this host and start, and nothing else."""

from dataclasses import replace

import pytest

from hierbench.process import this_process
from hierbench.records import RunStatus
from hierbench.sweep.repair import repair, sync
from hierbench.tracking import (
    LocalRun,
    NewRun,
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
    [(GONE, "KILLED"), (EARLIER, "KILLED"), (HERE, "RUNNING"), (ELSEWHERE, "RUNNING")],
    ids=["gone", "earlier", "here", "elsewhere"],
)
def test_repair_closes_the_dead_only(store, request, process, status, local):
    _, run_id = begun(store, request.node.name, process, local=local)
    repair(store)
    assert find_run(store, run_id).status == status


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
