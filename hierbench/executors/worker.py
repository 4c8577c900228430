"""What runs inside a worker process, forked from the server that has imported what fits a cell."""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import forkserver, parent_process
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from hierbench.cell import CellPlace, PlannedCell
from hierbench.locks import held, holder
from hierbench.records import CellResult
from hierbench.shown import say
from hierbench.tether import killed_with_parent
from hierbench.tracking import Location, Store, connect

if TYPE_CHECKING:
    from hierbench.cell.running import CompiledModels

__all__ = ["give_back_memory", "start_worker", "work_on"]

POLL_SECONDS = 0.01
PATIENCE_SECONDS = 1.0


def start_worker(
    slots: Path, cores: Sequence[Sequence[int]], store: Mapping[str, str] | None = None
) -> None:
    """Take a free slot and bind this process to its cores; die when the sweep's process dies.

    Parameters
    ----------
    slots : Path
        Folder of one lock file per slot; the kernel frees a dead worker's slot.
    cores : sequence of sequence of int
        Cores of each slot.
    store : mapping of str to str, optional
        Variables that tell MLflow how to reach the store: in a notebook they may have been set
        after the server was started.
    """
    end_with_sweep()
    os.environ.update(store or {})
    # A fit in compiled code would keep Python from handling the pool's request to end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.sched_setaffinity(0, cores[free_slot(slots, len(cores))])
    gc.freeze()  # what the server has imported is never garbage: no collection walks it again
    gc.disable()  # compiling makes much garbage and few cycles; every cell ends with a collection


def end_with_sweep() -> None:
    """Let this process end with the server that forked it, and the server with the sweep's.

    A server ends as soon as nobody holds a pipe that it is the reader of: every worker is given it.
    """
    killed_with_parent()
    main = parent_process()
    if main is not None and not main.is_alive():
        sys.exit(1)
    alive = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
    if alive is not None and alive not in (0, 1, 2):
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, alive, inheritable=False)
        os.close(nowhere)


def free_slot(slots: Path, count: int) -> int:
    """Return a slot that no living worker holds; it stays locked until this process ends."""
    slot, start, said = 0, monotonic(), False
    while not held(file := slots / f"slot-{slot}.lock"):
        if not said and monotonic() - start > PATIENCE_SECONDS:
            said = True
            say(waits_for(file), file=sys.stderr, flush=True)
        slot = (slot + 1) % count
        sleep(POLL_SECONDS)
    return slot


def waits_for(slot: Path) -> str:
    """Return the sentence that says what this worker waits for."""
    pid = holder(slot)
    other = f"process {pid}" if pid else "another process"
    return f"a worker waits until {other} ends, which works on this sweep too ({slot})"


def work_on(
    cell: PlannedCell, place: CellPlace, location: Location, experiment_id: str
) -> CellResult:
    """Run one cell in this worker."""
    from hierbench.cell.running import run_cell  # the sweep's process fits nothing

    models = compiled_models()
    known = len(models)
    try:
        return run_cell(cell, store_of(location, experiment_id), models, place)
    finally:
        give_back_memory(grown=len(models) > known)


def give_back_memory(*, grown: bool = False) -> None:
    """Return to the system what the last cell used.

    Kept by the C library, it leaves gaps that the next cell's arrays do not fit: the worker grew
    by a quarter of a cell's memory with every cell.

    Parameters
    ----------
    grown : bool
        Whether the cell compiled a model. It stays as long as the worker, and its objects are
        most of what a collection would walk after every later cell: 0.1 s for three models.
    """
    gc.collect()
    if grown:
        gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    if trim is not None:
        trim(0)


@cache
def compiled_models() -> "CompiledModels":
    """Return this process's compiled models."""
    from hierbench.cell.running import CompiledModels

    return CompiledModels()


@cache
def store_of(location: Location, experiment_id: str) -> Store:
    """Return this process's connection to the store, which the sweep's process has prepared."""
    return connect(location, experiment_id)
