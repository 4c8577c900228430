"""The verb run."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import strftime
from uuid import uuid4

from hierbench.cell import CellPlace, plan_cell
from hierbench.cell.running import CompiledModels, run_cell
from hierbench.cli.answering import answered
from hierbench.cli.arguments import Arguments
from hierbench.cli.commands import sync_command
from hierbench.cli.terminal import console
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.datasets import load
from hierbench.errors import ConfigError
from hierbench.process import cores_of_workers
from hierbench.records import RunStatus
from hierbench.shown import redacted_uri, say, say_json, warn
from hierbench.sweep.progress import outcome
from hierbench.sweep.repair import repair
from hierbench.sweep.warnings import print_warnings
from hierbench.tracking import locate, open_store, tidy

__all__ = ["run"]

FAILED = 1


def run(arguments: Arguments) -> int:
    """Fit one cell and print how it ended."""
    if arguments.hydra:
        return answered(arguments.hydra)
    check_single(arguments.rest)
    with composer() as hydra:
        config = to_config(compose_cell(hydra, arguments.rest))
    cell = plan_cell(config, load(config.data))
    print_warnings([cell], console(stderr=True))
    store = open_store(locate(config.tracking.uri, Path.cwd()))
    repair(store)
    cores = len(cores_of_workers(1)[0])
    folder = store.location.sweeps / f"run-{strftime('%Y%m%dT%H%M%S')}-{uuid4().hex[:8]}"
    result = run_cell(cell, store, CompiledModels(), CellPlace(folder, cores))
    tidy(folder)
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


def check_single(overrides: Sequence[str]) -> None:
    """Raise ConfigError for an override that only a sweep obeys."""
    for text in overrides:
        key = text.partition("=")[0]
        if key in ("experiments", "workers") or key.startswith("limits."):
            raise ConfigError(
                f"{redacted_uri(text)}: `hierbench run` fits one cell in its own process; use "
                f"`hierbench sweep {redacted_uri(text)}`"
            )
