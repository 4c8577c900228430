"""The verbs run and sweep."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import strftime

from rich.console import Console

from hierbench.cell import CellPlace, CompiledModels, plan_cell, run_cell
from hierbench.cli.arguments import Arguments
from hierbench.cli.tables_of import print_failures, print_forecast, print_settings
from hierbench.compare import cell_rows, settings_of
from hierbench.config.compose import (
    check_overrides,
    compose_cell,
    composer,
    config_folder,
    to_config,
)
from hierbench.datasets import load
from hierbench.process import cores_of_workers
from hierbench.records import RunStatus
from hierbench.sweep.execute import SweepOutcome, finish_cells, new_sweep
from hierbench.sweep.forecast import forecast
from hierbench.sweep.launcher import Composed
from hierbench.sweep.plan import SweepPlan, plan_sweep
from hierbench.sweep.progress import outcome
from hierbench.sweep.repair import repair
from hierbench.sweep.resume import Resumed, extend_plan, find_sweep, load_plan, resume_plan
from hierbench.sweep.warnings import print_warnings
from hierbench.tracking import Store, locate, open_store, past_cells

__all__ = ["resume", "run", "sweep"]

FAILED = 1


def run(arguments: Arguments) -> int:
    """Fit one cell and print how it ended."""
    if arguments.hydra:
        return ask_hydra(arguments.hydra)
    with composer() as hydra:
        config = to_config(compose_cell(hydra, arguments.rest))
    cell = plan_cell(config, load(config.data))
    print_warnings([cell], Console(stderr=True))
    store = open_store(locate(config.tracking.uri, Path.cwd()))
    repair(store)
    cores = len(cores_of_workers(1)[0])
    folder = store.location.sweeps / f"run-{strftime('%Y%m%dT%H%M%S')}-{cell.cell_key[:8]}"
    result = run_cell(cell, store, CompiledModels(), CellPlace(folder, cores))
    if arguments.json:
        print(json.dumps(asdict(result), indent=1))
    else:
        print(f"{result.name}  {outcome(result)}")
        print(f"run {result.run_id}: hierbench show {result.run_id[:8]}")
    return 0 if result.status is RunStatus.FINISHED else FAILED


def sweep(arguments: Arguments) -> int:
    """Fit a grid of cells, or add cells to a sweep, and print the settings side by side."""
    if arguments.hydra:
        return ask_hydra(arguments.hydra)
    console = Console(stderr=True)
    if arguments.extend:
        store = open_store(locate(arguments.store, Path.cwd()), create=False)
        parent = find_sweep(store, arguments.extend)
        old = load_plan(store, parent)["overrides"]
        plan = composed(replaced(old, overrides_of(arguments)))
        print_warnings(plan.cells, console)
        return print_outcome(finish(extend_plan(store, parent.run_id, plan), store), arguments)
    plan = composed(overrides_of(arguments))
    print_warnings(plan.cells, console)
    location = locate(plan.cells[0].config.tracking.uri, Path.cwd())
    if arguments.dry_run:
        found = forecast(plan, past_cells(location))
        print_forecast(found, plan, as_json=arguments.json)
        return 0
    store = open_store(location)
    repair(store)
    sweep_id = new_sweep(plan, store, " ".join(["hierbench sweep", *plan.overrides]))
    return print_outcome(finish_cells(plan, store, sweep_id, console), arguments)


def resume(arguments: Arguments) -> int:
    """Run what is missing of a sweep: cells that never ran, failed or were killed."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    resumed = resume_plan(store, arguments.rest[0], force=arguments.force)
    return print_outcome(finish(resumed, store), arguments)


def finish(resumed: Resumed, store: Store) -> SweepOutcome:
    """Run what is missing of a resumed sweep."""
    return finish_cells(
        resumed.plan,
        store,
        resumed.sweep_id,
        Console(stderr=True),
        finished=resumed.finished,
        stale=resumed.stale,
    )


def overrides_of(arguments: Arguments) -> list[str]:
    """Return the overrides, `--workers` among them."""
    workers = [f"workers={arguments.workers}"] if arguments.workers else []
    return [*arguments.rest, *workers]


def replaced(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return `old` overrides with those of `new` in place of the same keys.

    >>> replaced(["data=ames", "seed=1,2"], ["seed=3"])
    ['data=ames', 'seed=3']
    """
    by_key = {text.partition("=")[0]: text for text in (*old, *new)}
    return list(by_key.values())


def composed(overrides: Sequence[str]) -> SweepPlan:
    """Let Hydra's multirun compose the cells of `overrides`, and plan them."""

    def plan(cells: Composed) -> SweepPlan:
        return plan_sweep(cells.configs, load, overrides, cells.mode)

    with composer() as hydra, tempfile.TemporaryDirectory() as folder:
        check_overrides(hydra, overrides)
        # Hydra writes its multirun.yaml before it composes a cell: not into the store.
        place = [f"hydra.sweep.dir={folder}"]
        batches = hydra.multirun("config", plan, [*overrides, *place])
    found: SweepPlan = batches[0][0].return_value
    return found


def print_outcome(outcome: SweepOutcome, arguments: Arguments) -> int:
    """Print the comparison, the cells that failed and where to look next; return the exit code."""
    code = FAILED if outcome.failed or outcome.unsent else 0
    if arguments.json:
        cells = cell_rows(outcome.cells)
        print(json.dumps({"sweep_id": outcome.sweep_id, "cells": cells}, indent=1))
        return code
    print_settings(settings_of(outcome.cells))
    print_failures(outcome.failed)
    if outcome.unsent:
        print(f"{outcome.unsent} cells wait for the store: hierbench sync")
    short = outcome.sweep_id[:8]
    if outcome.failed:
        print(f"Run what failed again: hierbench resume {short}")
    print(f"sweep {outcome.sweep_id}: hierbench compare {short}, hierbench ui")
    return code


def ask_hydra(words: Sequence[str]) -> int:
    """Let Hydra answer its own question, such as ``--cfg job``."""
    import hydra

    with composer():
        sys.argv = ["hierbench", *words]
        hydra.main("1.3", str(config_folder()), "config")(lambda _: None)()
    return 0
