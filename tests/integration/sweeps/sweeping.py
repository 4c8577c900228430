"""Small sweeps in this process, with real workers, a real store and real draws."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from hierbench.cell import CellPlace
from hierbench.cell.telling import new_run
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config
from hierbench.locks import released
from hierbench.models.data import load
from hierbench.process import ProcessIdentity
from hierbench.records import RunStatus
from hierbench.sweeps.execute import SweepOutcome, finish_cells, new_sweep, sweep_folder
from hierbench.sweeps.plan import SweepPlan, plan_sweep
from hierbench.sweeps.resume import Resumed, resume_plan
from hierbench.tracking import (
    LocalRun,
    Store,
    cells_of,
    ended,
    locate,
    open_store,
    read,
    send,
    write,
)
from tests.integration.sweeps import faulty
from tests.planted import built_by
from tests.waiting import until

DATA = {"name": "berlin_like", "rows": 60, "groups": 6, "y_scale": 100000.0}
SAMPLER = {"draws": 50, "tune": 50, "chains": 2}


def config_of(**keys: Any) -> Config:
    """Return a tiny cell; `keys` replace whole groups or values."""
    return from_plain({"data": DATA, "sampler": SAMPLER, "plots": {"which": "none"}, **keys})


def plan_of(seeds: int, *, workers: int = 2, mode: str = "local", **keys: Any) -> SweepPlan:
    """Return a sweep over seeds 1..`seeds`."""
    configs = [config_of(seed=seed, workers=workers, **keys) for seed in range(1, seeds + 1)]
    return plan_sweep(configs, load, ["seed=1"], mode)


def with_forms(plan: SweepPlan, builders: Mapping[int, Callable[..., Any]]) -> SweepPlan:
    """Return `plan` with other model builders for the cells of some seeds."""

    def changed(cell):
        build = builders.get(cell.config.seed)
        if build is None:
            return cell
        return replace(cell, form=built_by(cell.form, build, build.__name__))

    return replace(plan, cells=tuple(changed(cell) for cell in plan.cells))


def empty_store(folder: Path) -> Store:
    """Return a new store in `folder`."""
    return open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))


@dataclass
class Sweep:
    """One sweep and what it printed."""

    store: Store
    plan: SweepPlan
    sweep_id: str
    console: Console

    @property
    def folder(self) -> Path:
        """Its local folder."""
        return sweep_folder(self.store, self.sweep_id)

    @property
    def printed(self) -> str:
        """What the progress said."""
        return self.console.file.getvalue()

    def finish(self) -> SweepOutcome:
        """Run all cells."""
        return finish_cells(self.plan, self.store, self.sweep_id, self.console)

    def resume(self, *, force: bool = False) -> SweepOutcome:
        """Run what is missing, as another process would after this one's end."""
        unlock(self.folder)
        return self.finish_missing(resume_plan(self.store, self.sweep_id, force=force))

    def finish_missing(self, resumed: Resumed) -> SweepOutcome:
        """Run what is missing of a sweep that was opened again."""
        return finish_cells(
            resumed.plan,
            self.store,
            self.sweep_id,
            self.console,
            finished=resumed.finished,
            stale=resumed.stale,
        )

    def digests(self) -> dict[str, str]:
        """Return the draws' digest of every finished cell by its key."""
        return {
            cell.tags["cell_key"]: cell.tags["draws_digest"]
            for cell in cells_of(self.store, self.sweep_id)
            if cell.status is RunStatus.FINISHED
        }

    def statuses(self) -> list[str]:
        """Return the status of every cell that no other supersedes, sorted."""
        return sorted(str(cell.status) for cell in cells_of(self.store, self.sweep_id))


def opened(plan: SweepPlan, store: Store) -> Sweep:
    """Open a sweep, no cell of it run."""
    sweep_id = new_sweep(plan, store, "hierbench sweep")
    return Sweep(store, plan, sweep_id, Console(file=StringIO(), width=200))


def recorded_as_finished(sweep):
    """Bring a finished run of every cell into the store, none of them fitted; ids by seed."""
    ids = {}
    for cell in sweep.plan.cells:
        place = CellPlace(sweep.folder / cell.cell_key[:12], 1, sweep_id=sweep.sweep_id)
        run = write(place.folder, LocalRun(new_run(cell, place, "unknown")))
        sent = send(sweep.store, place.folder, ended(place.folder, run, RunStatus.FINISHED))
        ids[cell.config.seed] = sent.run_id
    return ids


def unlock(folder: Path) -> None:
    """Free the sweep's lock, which else its end does, or this process's."""
    released(folder / "lock")


def records(folder: Path) -> list[LocalRun]:
    """Return the cells' records of a sweep's folder, as far as they are written."""
    found = []
    for place in sorted(folder.glob("*/record.json")):
        with suppress(FileNotFoundError):  # what was sent is tidied away
            found.append(read(place.parent))
    return found


def pid_of(run: LocalRun) -> int:
    """Return the process that runs a cell."""
    return ProcessIdentity.parse(run.new.tags["process"]).pid


def waiting_cells(folder: Path) -> dict[int, int]:
    """Return the process of each cell whose form waits (`faulty.waits`), by the cell's seed."""
    running = (run for run in records(folder) if run.status is RunStatus.RUNNING)
    pids = {int(run.new.params["seed"]): pid_of(run) for run in running}
    return {seed: pid for seed, pid in pids.items() if faulty.waiting(pid)}


@contextmanager
def beside(task: Callable[[threading.Event], None]):
    """Run `task` in a thread; it is told when to stop."""
    over = threading.Event()
    thread = threading.Thread(target=task, args=(over,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def killer(folder: Path, seeds: set[int], signal: int) -> Callable[[threading.Event], None]:
    """Return a task that sends `signal` to the worker of each of the cells of `seeds`, once.

    Their forms must wait for it (`faulty.waits`), however long that takes.
    """
    left = set(seeds)

    def kill(over: threading.Event) -> None:
        while left:
            until(
                lambda: over.is_set() or left & waiting_cells(folder).keys(),
                f"the cells of seeds {left} to wait",
            )
            if over.is_set():
                return
            for seed, pid in waiting_cells(folder).items():
                if seed in left:
                    os.kill(pid, signal)
                    left.discard(seed)

    return kill
