"""One sweep from start to end: its parent run, its cells, its table."""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console

from hierbench.cell import CellPlace, CompiledModels, PlannedCell, run_cell
from hierbench.compare import cell_rows
from hierbench.records import CellResult, RunStatus
from hierbench.sweep.plan import SweepPlan
from hierbench.sweep.progress import Board, board
from hierbench.tracking import NewRun, Store, end_run, log_files, log_results, start_run
from hierbench.tracking.contract import COMPARISON

__all__ = ["SweepOutcome", "cores_per_cell", "run_sweep"]


@dataclass(frozen=True)
class SweepOutcome:
    """How a sweep ended.

    Attributes
    ----------
    results : tuple of CellResult
        In running order.
    """

    sweep_id: str
    results: tuple[CellResult, ...]

    @property
    def failed(self) -> tuple[CellResult, ...]:
        """The cells that did not finish."""
        return tuple(cell for cell in self.results if cell.status is not RunStatus.FINISHED)


def cores_per_cell(workers: int) -> int:
    """Return the cores of this process, shared evenly by `workers` cells at once, at least 1."""
    return max(1, len(os.sched_getaffinity(0)) // workers)


def run_sweep(plan: SweepPlan, store: Store, command: str, console: Console) -> SweepOutcome:
    """Run the cells of `plan` one after another under one parent run.

    Raises
    ------
    KeyboardInterrupt
        After the open cell and the parent were ended KILLED.
    """
    sweep_id = start_run(store, parent_run(plan, command))
    results: list[CellResult] = []
    status = RunStatus.KILLED
    try:
        with board(len(plan.cells), console) as shown:
            run_cells(plan.cells, store, sweep_id, results, shown)
        every = all(cell.status is RunStatus.FINISHED for cell in results)
        status = RunStatus.FINISHED if every else RunStatus.FAILED
    finally:
        close_sweep(store, sweep_id, plan, results, status)
    return SweepOutcome(sweep_id, tuple(results))


def run_cells(
    cells: Sequence[PlannedCell],
    store: Store,
    sweep_id: str,
    results: list[CellResult],
    shown: Board,
) -> None:
    """Run `cells` in this process, in order; each result is kept as soon as it is there."""
    compiled = CompiledModels()
    folder = store.location.sweeps / sweep_id
    for position, cell in enumerate(cells):
        place = CellPlace(
            folder=folder / f"{position:04d}-{cell.cell_key[:8]}",
            cores=cores_per_cell(workers=1),
            sweep_id=sweep_id,
        )
        shown.cell_starts(cell.name)
        results.append(run_cell(cell, store, compiled, place))
        shown.cell_ended(results[-1])


def parent_run(plan: SweepPlan, command: str) -> NewRun:
    """Return what is known of the sweep before its first cell."""
    first = plan.cells[0].config
    axes = {key: ",".join(values) for key, values in plan.axes.items()}
    swept = "\n".join(f"- `{key}`: {values}" for key, values in axes.items())
    data = ", ".join(dict.fromkeys(dataset.name for dataset in plan.datasets))
    return NewRun(
        kind="sweep",
        name=f"sweep of {len(plan.cells)} on {data}",
        note=f"`{command}`\n\n{len(plan.cells)} cells on {data}:\n\n{swept}",
        tags={"command": command},
        params={"data": data, "workers": str(first.workers), **axes},
    )


def close_sweep(
    store: Store,
    sweep_id: str,
    plan: SweepPlan,
    results: Sequence[CellResult],
    status: RunStatus,
) -> None:
    """Send the plan, the table of cells and the counts; end the parent run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planned = [
            {"cell_key": cell.cell_key, "name": cell.name, "params": cell.params}
            for cell in plan.cells
        ]
        (folder / "plan.json").write_text(json.dumps(planned, indent=1, default=str))
        if results:
            pd.DataFrame(cell_rows(results)).to_parquet(folder / COMPARISON)
        log_files(store, sweep_id, folder)
    finished = sum(cell.status is RunStatus.FINISHED for cell in results)
    counts = {
        "cells": float(len(plan.cells)),
        "cells_finished": float(finished),
        "cells_failed": float(len(results) - finished),
    }
    log_results(store, sweep_id, metrics=counts, tags={})
    end_run(store, sweep_id, status)
