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
from hierbench.cli.tables_of import print_settings
from hierbench.compare import settings_of
from hierbench.config.compose import (
    check_overrides,
    compose_cell,
    composer,
    config_folder,
    to_config,
)
from hierbench.datasets import load
from hierbench.records import RunStatus
from hierbench.sweep.execute import SweepOutcome, cores_per_cell
from hierbench.sweep.progress import outcome
from hierbench.sweep.warnings import print_warnings
from hierbench.tracking import locate, open_store

__all__ = ["run", "sweep"]

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
    folder = store.location.sweeps / f"run-{strftime('%Y%m%dT%H%M%S')}-{cell.cell_key[:8]}"
    result = run_cell(cell, store, CompiledModels(), CellPlace(folder, cores_per_cell(1)))
    if arguments.json:
        print(json.dumps(asdict(result), indent=1))
    else:
        print(f"{result.name}  {outcome(result)}")
        print(f"run {result.run_id}: hierbench show {result.run_id[:8]}")
    return 0 if result.status is RunStatus.FINISHED else FAILED


def sweep(arguments: Arguments) -> int:
    """Fit a grid of cells and print the settings side by side."""
    if arguments.hydra:
        return ask_hydra(arguments.hydra)
    workers = [f"workers={arguments.workers}"] if arguments.workers else []
    outcome = launched([*arguments.rest, *workers])
    if arguments.json:
        cells = [asdict(result) for result in outcome.results]
        print(json.dumps({"sweep_id": outcome.sweep_id, "cells": cells}, indent=1))
    else:
        print_outcome(outcome)
    return FAILED if outcome.failed else 0


def launched(overrides: Sequence[str]) -> SweepOutcome:
    """Hand `overrides` to Hydra's multirun, whose launcher is ours, and return the outcome."""
    with composer() as hydra, tempfile.TemporaryDirectory() as folder:
        check_overrides(hydra, overrides)
        # Hydra writes its multirun.yaml before it composes a cell: not into the store.
        place = [f"hydra.sweep.dir={folder}"]
        batches = hydra.multirun("config", lambda _: None, [*overrides, *place])
    outcome: SweepOutcome = batches[0][0].return_value
    return outcome


def print_outcome(outcome: SweepOutcome) -> None:
    """Print the comparison, the cells that failed and where to look next."""
    print_settings(settings_of(outcome.results))
    for cell in outcome.failed:
        print(f"{cell.status} {cell.run_id[:8]} {cell.name}: {cell.tags.get('failure', '')}")
    print(f"sweep {outcome.sweep_id}: hierbench compare {outcome.sweep_id[:8]}, hierbench ui")


def ask_hydra(words: Sequence[str]) -> int:
    """Let Hydra answer its own question, such as ``--cfg job``."""
    import hydra

    with composer():
        sys.argv = ["hierbench", *words]
        hydra.main("1.3", str(config_folder()), "config")(lambda _: None)()
    return 0
