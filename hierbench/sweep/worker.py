"""What runs inside a worker process; imported once, in the server that workers are forked from."""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from time import sleep

from hierbench.cell import CellPlace, CompiledModels, PlannedCell, run_cell
from hierbench.locks import held
from hierbench.records import CellResult
from hierbench.tracking import Location, Store, connect

__all__ = ["give_back_memory", "start_worker", "work"]

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.01


def start_worker(slots: Path, cores: Sequence[Sequence[int]]) -> None:
    """Take a free slot and bind this process to its cores; die when the sweep's process dies.

    Parameters
    ----------
    slots : Path
        Folder of one lock file per slot; the kernel frees a dead worker's slot.
    cores : sequence of sequence of int
        Cores of each slot.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # A fit in compiled code would keep Python from handling the pool's request to end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.sched_setaffinity(0, cores[free_slot(slots, len(cores))])
    gc.freeze()  # what the server has imported is never garbage: no collection walks it again
    gc.disable()  # compiling makes much garbage and few cycles; every cell ends with a collection


def free_slot(slots: Path, count: int) -> int:
    """Return a slot that no living worker holds; it stays locked until this process ends."""
    slot = 0
    while not held(slots / f"slot-{slot}.lock"):
        slot = (slot + 1) % count
        sleep(POLL_SECONDS)
    return slot


def work(cell: PlannedCell, place: CellPlace, location: Location, experiment_id: str) -> CellResult:
    """Run one cell in this worker."""
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
def compiled_models() -> CompiledModels:
    """Return this process's compiled models."""
    return CompiledModels()


@cache
def store_of(location: Location, experiment_id: str) -> Store:
    """Return this process's connection to the store, which the sweep's process has prepared."""
    return connect(location, experiment_id)
