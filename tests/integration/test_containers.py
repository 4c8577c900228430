"""A run that lives in one container is left alone by a program in another, until it is asked."""

import json
import subprocess
import sys

import pytest

from hierbench.process import this_process
from hierbench.tracking import LocalRun, NewRun, find_run, open_run, write
from tests.integration.sweeps.sweeping import empty_store
from tests.waiting import finished

CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc"]


def can_unshare():
    """Return whether this user may start a process in a PID namespace of its own."""
    try:
        return subprocess.run([*CONTAINER, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def repaired(store, *words):
    """Run `repair` in a container that sees no process of this one; return what it prints."""
    command = [*CONTAINER, sys.executable, "-m", "hierbench", "repair", *words]
    done = finished([*command, "--store", store.location.uri], "repair in a container")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_live_run_of_another_container_is_closed_only_when_asked(tmp_path):
    if not can_unshare():
        pytest.skip("this user may not start a process in a PID namespace of its own")
    store = empty_store(tmp_path)
    tags = {"cell_key": "live", "process": str(this_process())}
    run = open_run(store, tmp_path / "live", write(tmp_path / "live", LocalRun(new_cell(tags))))
    printed = repaired(store)
    assert printed.startswith("0 runs closed\n1 runs left open: they are of another host or")
    assert "`hierbench repair --all-hosts`" in printed
    assert find_run(store, run.run_id).status == "RUNNING"
    assert json.loads(repaired(store, "--all-hosts", "--json")) == {"closed": [run.run_id]}
    assert find_run(store, run.run_id).status == "KILLED"


def new_cell(tags):
    """Return a cell's run as it begins."""
    return NewRun("cell", "live", "", tags, {})
