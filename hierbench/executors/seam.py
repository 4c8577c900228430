"""What runs cells: each executor takes them by `submit` and gives their results by `results`.

An executor decides where a cell runs, never what it is: same cells, same draws. Between the two
calls the one who submitted may leave, where the executor's handle allows that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from hierbench.cell import CellPlace, PlannedCell
from hierbench.config.executors import EXECUTORS
from hierbench.records import CellResult
from hierbench.tracking import Store

__all__ = ["Runs", "Work", "executor_of"]


@dataclass(frozen=True)
class Work:
    """Cells to run.

    Attributes
    ----------
    cells : sequence of cell and place
        Each with where its files go and what it may use.
    store : Store
        Where the results go.
    workers : int
        Cells at once.
    folder : Path
        Of the sweep, for what the executor needs while it runs.
    """

    cells: Sequence[tuple[PlannedCell, CellPlace]]
    store: Store
    workers: int
    folder: Path


class Runs[Handle](Protocol):
    """What the module of an executor has."""

    def submit(self, work: Work) -> Handle:
        """Take cells to run."""
        ...

    def results(self, handle: Handle) -> Iterator[CellResult]:
        """Give each cell's result as it ends; when the caller stops early, end the cells KILLED."""
        ...


def executor_of(name: str) -> "Runs[Any]":
    """Return the executor of that name; its module is imported at the first call."""
    return cast("Runs[Any]", import_module(f"{__package__}.{EXECUTORS[name].module}"))
