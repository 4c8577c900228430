"""Cells one after the other in this process."""

from collections.abc import Iterator

from hierbench.cell.running import CompiledModels, run_cell
from hierbench.executors.seam import Work
from hierbench.records import CellResult

__all__ = ["results", "submit"]


def submit(work: Work) -> Work:
    """Take cells to run; each begins when its result is asked for."""
    return work


def results(handle: Work) -> Iterator[CellResult]:
    """Run each cell and give its result."""
    compiled = CompiledModels()
    for cell, place in handle.cells:
        yield run_cell(cell, handle.store, compiled, place)
