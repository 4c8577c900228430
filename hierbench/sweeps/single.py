"""One cell of no sweep, fitted by whatever the caller chooses: here, or in a worker."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import strftime
from uuid import uuid4

from hierbench.cell import CellPlace, PlannedCell
from hierbench.executors.seam import Work, executor_of
from hierbench.process import cores_of_workers
from hierbench.records import CellResult
from hierbench.tracking import Store, tidy

__all__ = ["run_in_worker", "run_single"]

type Fit = Callable[[PlannedCell, Store, CellPlace], CellResult]


def run_single(cell: PlannedCell, store: Store, fit: Fit) -> tuple[CellResult, Path]:
    """Fit a cell on all cores and return how it ended, and the folder where it waits if unsent.

    Raises
    ------
    KeyboardInterrupt
        After the run was closed.
    """
    name = f"run-{strftime('%Y%m%dT%H%M%S')}-{uuid4().hex[:8]}"
    place = CellPlace(store.location.sweeps / name, len(cores_of_workers(1)[0]))
    result = fit(cell, store, place)
    tidy(place.folder)
    return result, place.folder


def run_in_worker(cell: PlannedCell, store: Store, place: CellPlace) -> CellResult:
    """Fit in a worker process, whose draws depend on nothing that this process has imported."""
    with tempfile.TemporaryDirectory() as slots:
        pool = executor_of("local")
        (result,) = pool.results(pool.submit(Work([(cell, place)], store, 1, Path(slots))))
    return result
