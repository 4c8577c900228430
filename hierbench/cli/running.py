"""The verb run."""

from dataclasses import asdict
from pathlib import Path

from hierbench.cell import CellPlace, PlannedCell
from hierbench.cell.running import CompiledModels, run_cell
from hierbench.cli.answering import answered
from hierbench.cli.arguments import Arguments
from hierbench.cli.commands import sync_command
from hierbench.records import CellResult, RunStatus
from hierbench.shown import say, say_json, warn
from hierbench.sweeps.progress import outcome
from hierbench.sweeps.repair import ready_store
from hierbench.sweeps.single import run_single
from hierbench.sweeps.typed import single_cell
from hierbench.sweeps.warnings import print_warnings
from hierbench.terminal import console
from hierbench.tracking import Store, locate

__all__ = ["run"]

FAILED = 1


def run(arguments: Arguments) -> int:
    """Fit one cell and print how it ended."""
    if arguments.hydra:
        return answered(arguments.hydra)
    cell = single_cell(arguments.rest)
    print_warnings([cell], console(stderr=True))
    store = ready_store(locate(cell.config.tracking.uri, Path.cwd()))
    result, folder = run_single(cell, store, fit)
    if arguments.json:
        say_json(asdict(result))
    else:
        say(f"{result.name}  {outcome(result)}")
        if result.sent:
            say(f"run {result.run_id}: hierbench show {result.run_id[:8]}")
        else:
            say(f"the run waits for the store in {folder}: {sync_command(store.location)}")
    if not result.sent:
        warn(f"not in the store: {result.unsent}")
    return 0 if result.status is RunStatus.FINISHED and result.sent else FAILED


def fit(cell: PlannedCell, store: Store, place: CellPlace) -> CellResult:
    """Fit the cell in this process, which was prepared before NumPy was imported."""
    return run_cell(cell, store, CompiledModels(), place)
