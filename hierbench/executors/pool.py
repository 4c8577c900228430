"""Cells in worker processes on disjoint cores; a worker that dies costs its own cell."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from hierbench.cell import CellPlace, PlannedCell, lose_cell
from hierbench.errors import SamplingError
from hierbench.executors.seam import Work
from hierbench.executors.server import start_server, worker_context
from hierbench.executors.worker import start_worker, work_on
from hierbench.process import ProcessIdentity, cores_of_workers, resident_mib
from hierbench.records import CellResult, RunStatus
from hierbench.stops import raise_again
from hierbench.tracking import Store, read

__all__ = ["one_worker", "results", "submit"]

POLL_SECONDS = 0.2
OF_STORES = ("MLFLOW_", "AWS_", "AZURE_", "GOOGLE_")
POOLS = 5  # started one after the other, each because the last one broke
type Placed = tuple[PlannedCell, CellPlace]
type Call = Callable[..., Any]


@dataclass(frozen=True)
class Submitted:
    """Cells that were handed to a pool of workers; None where there are none."""

    work: Work
    running: "Running"
    pool: ProcessPool | None

    def end(self) -> None:
        """End the workers, and KILLED the cells in hand."""
        if self.pool is not None:
            self.pool.stop()
            self.pool.join()
        self.running.kill_cells()


def submit(work: Work) -> Submitted:
    """Start `work.workers` processes and hand them the cells."""
    pool = new_pool(work.workers, work.folder) if work.cells else None
    handed = Submitted(work, Running(work.store, {}), pool)
    try:
        if pool is not None:
            hand_over(handed, pool)
    except BaseException:
        handed.end()
        raise
    return handed


def hand_over(handed: Submitted, pool: ProcessPool) -> None:
    """Put all cells into the pool's queue; those that it takes no more of are dropped."""
    store, running = handed.work.store, handed.running
    for cell, place in handed.work.cells:
        arguments = (cell, place, store.location, store.experiment_id)
        limit = cell.config.limits.cell_seconds
        try:
            running.cells[pool.schedule(work_on, args=arguments, timeout=limit)] = (cell, place)
        except RuntimeError:  # it broke while it was being filled
            running.dropped.append((cell, place))


def results(handle: Submitted) -> Iterator[CellResult]:
    """Give each cell's result as it comes.

    A cell whose worker is killed, or passes `limits.cell_seconds` or `limits.cell_mib`, ends
    FAILED with the reason; the others go on, in a new pool where theirs broke. When the caller
    stops early, all workers end and the cells in hand are KILLED.
    """
    for pools in range(1, POOLS + 1):
        yield from results_of_pool(handle)
        running = handle.running
        left = [(cell, place) for cell, place in running.dropped if not place.folder.exists()]
        begun = [(cell, place) for cell, place in running.dropped if place.folder.exists()]
        yield from (running.lost(cell, place, "its worker was ended") for cell, place in begun)
        if not left or pools == POOLS:
            break
        handle = submit(replace(handle.work, cells=left))
    yield from (running.lost(cell, place, "no worker could start") for cell, place in left)


def results_of_pool(handle: Submitted) -> Iterator[CellResult]:
    """Give the results of one pool; `running.dropped` are the cells left when it broke."""
    if handle.pool is None:
        return
    try:
        yield from handle.running.results(handle.pool)
        handle.pool.close()
    finally:
        handle.end()


@contextmanager
def one_worker() -> Iterator[Call]:
    """Give a function that calls another in a worker with all cores, and returns what it returns.

    The worker ends with the block. What is called, and its arguments, must be possible to pickle.

    Raises
    ------
    SamplingError
        If the worker dies.
    """
    with tempfile.TemporaryDirectory() as slots:
        pool = new_pool(1, Path(slots))

        def call(function: Callable[..., Any], *arguments: object) -> Any:
            future = pool.schedule(function, args=arguments)
            while not future.done():
                raise_again()
                wait([future], timeout=POLL_SECONDS)
            try:
                return future.result()
            except ProcessExpired as death:
                raise SamplingError(
                    f"the worker process was {how_it_died(death.exitcode)}; try again"
                ) from death

        try:
            yield call
            pool.close()
        finally:
            pool.stop()
            pool.join()


def new_pool(workers: int, slots: Path) -> ProcessPool:
    """Return a pool of workers on disjoint cores, whose locks lie in the folder `slots`."""
    start_server()  # if it was killed: in this thread, for it ends with the one that starts it
    return ProcessPool(
        max_workers=workers,
        initializer=start_worker,
        initargs=(slots, cores_of_workers(workers), told_of_stores()),
        context=worker_context(),
    )


def told_of_stores() -> dict[str, str]:
    """Return the variables that say how stores, and what keeps their files, are reached."""
    return {name: text for name, text in os.environ.items() if name.startswith(OF_STORES)}


@dataclass
class Running:
    """The cells that were handed to the pool and have not ended.

    Attributes
    ----------
    dropped : list of cell and place
        Those whose pool broke: Pebble's does when a worker dies while no cell is in hand.
    """

    store: Store
    cells: dict[Future[CellResult], Placed]
    dropped: list[Placed] = field(default_factory=list)

    def results(self, pool: ProcessPool) -> Iterator[CellResult]:
        """Give each cell's result as it ends; end those that pass their memory limit."""
        over: dict[Path, str] = {}
        while self.cells:
            raise_again()
            alive = pool.active
            done, _ = wait(self.cells, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if not (done or alive):  # a pool that breaks forgets what is still in its queue
                self.dropped += self.cells.values()
                self.cells.clear()
            for future in done:
                cell, place = self.cells.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    self.dropped.append((cell, place))
                    continue
                yield self.result(future, cell, place, over.get(place.folder))
            over |= self.end_those_over_memory()

    def result(
        self, future: Future[CellResult], cell: PlannedCell, place: CellPlace, known: str | None
    ) -> CellResult:
        """Return what the worker returned, or the failure that its death was."""
        try:
            result: CellResult = future.result()
        except FutureTimeout:
            seconds = cell.config.limits.cell_seconds
            return self.lost(cell, place, f"timeout: over limits.cell_seconds={seconds:g}")
        except ProcessExpired as death:
            return self.lost(cell, place, known or how_it_died(death.exitcode))
        return result

    def lost(self, cell: PlannedCell, place: CellPlace, reason: str) -> CellResult:
        """Record a cell whose worker is gone."""
        return lose_cell(cell, place, self.store, RunStatus.FAILED, reason)

    def end_those_over_memory(self) -> dict[Path, str]:
        """Kill the workers whose resident memory is over their cell's limit; say why, by folder."""
        reasons = {}
        for cell, place in [pair for future, pair in self.cells.items() if future.running()]:
            limit = cell.config.limits.cell_mib
            # Without a limit nothing is read: this process works on the cores that are timed.
            worker = worker_of(place.folder) if limit else None
            used = resident_mib(worker.pid) if worker else 0.0
            if limit and worker and used > limit:
                reasons[place.folder] = (
                    f"out of memory: {used:.0f} MiB, over limits.cell_mib={limit:g}"
                )
                os.kill(worker.pid, signal.SIGKILL)
        return reasons

    def kill_cells(self) -> None:
        """Record the cells in hand when the sweep was stopped; send those that had just ended."""
        for cell, place in self.cells.values():
            if place.folder.exists():
                lose_cell(cell, place, self.store, RunStatus.KILLED, "interrupted")


def worker_of(folder: Path) -> ProcessIdentity | None:
    """Return the worker that runs the cell of `folder`, None when it has not begun or has ended."""
    try:
        run = read(folder)
    except FileNotFoundError:
        return None
    running = run.status is RunStatus.RUNNING
    return ProcessIdentity.parse(run.new.tags["process"]) if running else None


def how_it_died(exitcode: int | None) -> str:
    """Return how a process ended, by its exit code.

    >>> how_it_died(-9), how_it_died(3)
    ('killed by signal 9', 'ended with exit code 3')
    """
    if exitcode is not None and exitcode < 0:
        return f"killed by signal {-exitcode}"
    return f"ended with exit code {exitcode}"
