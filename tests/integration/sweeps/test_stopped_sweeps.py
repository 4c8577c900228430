"""A sweep whose processes all end at once, by kill -9 or Ctrl-C, is made whole by `resume`."""

import json
import os
import signal
import threading

import pytest

from hierbench.stops import stoppable
from hierbench.sweeps import parent as parents
from hierbench.sweeps.stored import find_sweep
from hierbench.tracking import cells_of, latest_sweep, locate, open_store, unfinished
from tests.integration.sweeps import faulty
from tests.integration.sweeps.programs import TINY
from tests.integration.sweeps.sweeping import (
    beside,
    opened,
    plan_of,
    recorded_as_finished,
    records,
    waiting_cells,
    with_forms,
)
from tests.waiting import until

SLOWER = [*TINY, "sampler.draws=1500"]


def store_in(folder):
    """Return the store that a program made in `folder`."""
    return open_store(locate(None, folder), create=False)


def finished_below(folder):
    """Return the send ids of the cells below `folder` that finished, by their record."""
    sweeps = [place for place in (folder / "runs" / "sweeps").glob("*") if place.is_dir()]
    return {
        run.send_id
        for place in sweeps
        if not place.name.startswith("opening")
        for run in records(place)
        if run.status == "FINISHED"
    }


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_stopped_sweep_is_killed_and_resumed(store, number):
    plan = with_forms(plan_of(4), dict.fromkeys((3, 4), faulty.waits))
    sweep = opened(plan, store)

    def interrupt(over: threading.Event) -> None:
        until(
            lambda: over.is_set() or waiting_cells(sweep.folder).keys() >= {3, 4},
            "two cells to hang",
        )
        os.kill(os.getpid(), number)

    with stoppable(), beside(interrupt), pytest.raises(KeyboardInterrupt):
        sweep.finish()
    assert sweep.statuses() == ["FINISHED"] * 2 + ["KILLED"] * 2
    assert find_sweep(store, sweep.sweep_id).status == "KILLED"
    sweep.resume()
    assert sweep.statuses() == ["FINISHED"] * 4


def test_sweep_that_is_stopped_while_it_reports_is_killed_and_can_be_resumed(store, monkeypatch):
    sweep = opened(plan_of(2), store)
    recorded_as_finished(sweep)

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(parents, "reported", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sweep.resume()
    assert find_sweep(store, sweep.sweep_id).status == "KILLED"
    sweep.resume()
    assert find_sweep(store, sweep.sweep_id).status == "FINISHED"


@pytest.mark.slow
def test_killed_group_is_resumed(programs, tmp_path):
    program = programs("sweep", *SLOWER, "seed=range(1,9)", "--workers", "2")
    until(lambda: len(finished_below(tmp_path)) >= 2, "two cells to finish")
    program.signal_group(signal.SIGKILL)
    program.wait()
    before = finished_below(tmp_path)
    sweep_id = latest_sweep(store_in(tmp_path)).run_id
    again = programs("resume", sweep_id, "--json")
    assert again.wait() == 0, again.printed
    store = store_in(tmp_path)
    cells = cells_of(store, sweep_id)
    assert [cell.status for cell in cells] == ["FINISHED"] * 8
    assert unfinished(store) == []
    assert before <= {cell.tags["send_id"] for cell in cells}
    parent = find_sweep(store, sweep_id)
    assert (parent.status, parent.tags.get("failure")) == ("FINISHED", None)


@pytest.mark.slow
def test_interrupted_program_leaves_nothing_behind(programs, tmp_path):
    program = programs("sweep", *SLOWER, "seed=range(1,9)", "--workers", "2")
    until(lambda: finished_below(tmp_path), "a cell to finish")
    program.signal_group(signal.SIGINT)
    assert program.wait() == 130, program.printed
    until(lambda: not program.group(), "the processes of an interrupted sweep to end")
    store = store_in(tmp_path)
    sweep = latest_sweep(store)
    assert sweep.status == "KILLED"
    assert {cell.status for cell in cells_of(store, sweep.run_id)} == {"FINISHED", "KILLED"}
    again = programs("resume", sweep.run_id, "--json")
    assert again.wait() == 0, again.printed
    assert [cell.status for cell in cells_of(store, sweep.run_id)] == ["FINISHED"] * 8


@pytest.mark.slow
def test_two_resumes_at_once_run_no_cell_twice(programs, tmp_path):
    program = programs("sweep", *SLOWER, "seed=range(1,7)", "--workers", "2")
    until(lambda: finished_below(tmp_path), "a cell to finish")
    program.signal_group(signal.SIGKILL)
    program.wait()
    sweep_id = latest_sweep(store_in(tmp_path)).run_id
    pair = [programs("resume", sweep_id) for _ in range(2)]
    codes = [one.wait() for one in pair]
    assert sorted(codes) == [0, 2], [one.printed for one in pair]
    refused = pair[codes.index(2)].printed
    assert "another process is running this sweep" in refused
    assert "Traceback" not in refused
    cells = cells_of(store_in(tmp_path), sweep_id)
    assert sorted(int(cell.params["seed"]) for cell in cells) == list(range(1, 7))


@pytest.mark.slow
def test_repair_at_a_start_leaves_a_resumed_sweep_alone(programs, tmp_path):
    program = programs("sweep", *SLOWER, "seed=range(1,7)", "--workers", "2")
    until(lambda: finished_below(tmp_path), "a cell to finish")
    program.signal_group(signal.SIGKILL)
    program.wait()
    store = store_in(tmp_path)
    sweep_id = latest_sweep(store).run_id
    before = finished_below(tmp_path)
    again = programs("resume", sweep_id)
    until(lambda: finished_below(tmp_path) - before, "a resumed cell to finish")
    other = programs("repair", "--json")
    assert other.wait() == 0, other.printed
    assert json.loads(other.printed.splitlines()[-1]) == {"closed": []}
    assert again.wait() == 0, again.printed
    assert find_sweep(store, sweep_id).status == "FINISHED"
