"""What a pool leaves in hand when it ends or breaks is accounted for."""

import os
import signal
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

from pebble import ProcessPool

from hierbench.cell import CellPlace
from hierbench.executors.pool import Running
from hierbench.locks import waiting_for
from hierbench.process import this_process
from hierbench.records import RunStatus
from hierbench.tracking import LocalRun, NewRun, ended, find_run, open_run, read, write
from tests.integration.sweeps.sweeping import beside, opened, plan_of
from tests.waiting import until


def idle_worker_killed(slot: Path):
    """Return a task that kills the first worker, which waits for its slot and has no cell yet."""
    taken = ExitStack()
    taken.enter_context(waiting_for(slot))

    def kill(over):
        with taken:
            until(lambda: over.is_set() or active_children(), "a worker to start")
            for process in active_children():
                os.kill(process.pid, signal.SIGKILL)
                process.join()

    return kill


def in_hand(store, folder: Path, status: RunStatus):
    """Return a cell that ended with `status` in a worker which could not send it."""
    cell = plan_of(1).cells[0]
    tags = {"cell_key": cell.cell_key, "process": str(this_process())}
    run = write(folder, LocalRun(NewRun("cell", cell.name, "", tags, {})))
    run = ended(folder, open_run(store, folder, run), status)
    return Running(store, {Future(): (cell, CellPlace(folder, 1))}), run


def test_worker_killed_before_it_has_a_cell_costs_nothing(store):
    sweep = opened(plan_of(2, workers=1), store)
    with beside(idle_worker_killed(sweep.folder / "slot-0.lock")):
        sweep.finish()
    assert sweep.statuses() == ["FINISHED"] * 2


def test_cells_that_a_broken_pool_forgot_are_dropped(store, tmp_path):
    placed = (plan_of(1).cells[0], CellPlace(tmp_path / "forgotten", 1))
    running, pool = Running(store, {Future(): placed}), ProcessPool()
    pool.stop()
    assert list(running.results(pool)) == []
    assert running.dropped == [placed]


def test_stopped_pool_sends_what_had_finished(store, tmp_path):
    running, run = in_hand(store, tmp_path / "cell", RunStatus.FINISHED)
    running.kill_cells()
    assert find_run(store, run.run_id).status is RunStatus.FINISHED


def test_stopped_pool_kills_what_had_not(store, tmp_path):
    running, run = in_hand(store, tmp_path / "cell", RunStatus.FINISHED)
    write(tmp_path / "cell", replace(run, status=RunStatus.RUNNING))
    running.kill_cells()
    assert read(tmp_path / "cell").status is RunStatus.KILLED
    assert find_run(store, run.run_id).status is RunStatus.KILLED


def test_stopped_pool_records_no_cell_that_had_not_begun(store, tmp_path):
    cell = plan_of(1).cells[0]
    Running(store, {Future(): (cell, CellPlace(tmp_path / "never", 1))}).kill_cells()
    assert not (tmp_path / "never").exists()
