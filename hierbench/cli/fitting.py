"""The verbs sweep and resume."""

from pathlib import Path

from hierbench.cli.answering import answered
from hierbench.cli.arguments import Arguments
from hierbench.cli.printing import print_failures, print_forecast, print_unsent
from hierbench.cli.tables import print_comparison
from hierbench.comparison import cell_rows
from hierbench.errors import ConfigError
from hierbench.shown import say, say_json
from hierbench.sweeps.checked import check_rivals_of
from hierbench.sweeps.copies import Models
from hierbench.sweeps.execute import SweepOutcome, finish_cells, run_plan, sweep_folder
from hierbench.sweeps.forecast import forecast
from hierbench.sweeps.repair import ready_store
from hierbench.sweeps.resume import Resumed, extend_plan, extension_plan, missing_plan, resume_plan
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.sweeps.typed import check_axes, composed, remember_models, typed_values
from hierbench.sweeps.warnings import print_warnings
from hierbench.terminal import console
from hierbench.tracking import Store, locate, open_store, past_cells

__all__ = ["overrides_of", "resume", "sweep"]

FAILED = 1


def sweep(arguments: Arguments) -> int:
    """Fit a grid of cells, or add cells to a sweep, and print the settings side by side."""
    if arguments.hydra:
        return answered(arguments.hydra)
    progress = console(stderr=True)
    if arguments.extend:
        return extended(arguments.extend, arguments)
    if arguments.model is not None:
        raise ConfigError("--model: a new sweep takes model=FILE; it needs --extend SWEEP_ID")
    if arguments.accept_data:
        raise ConfigError("--accept-data: what you type is read anyway; it needs --extend SWEEP_ID")
    if arguments.force:
        raise ConfigError(
            "--force: of a new sweep nothing can have changed; it needs --extend SWEEP_ID"
        )
    plan = composed(overrides_of(arguments))
    location = locate(plan.cells[0].config.tracking.uri, Path.cwd())
    print_warnings(plan.cells, progress)
    if arguments.dry_run:
        found = forecast(plan, past_cells(location))
        print_forecast(found, plan, as_json=arguments.json)
        return 0
    check_rivals_of(plan.cells, progress)
    return print_outcome(run_plan(plan, ready_store(location), progress), arguments)


def extended(sweep_id: str, arguments: Arguments) -> int:
    """Add the sweep's cells with new values of some keys to it, run them, return the exit code."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    parent = find_sweep(store, sweep_id)
    force, accept = arguments.force, arguments.accept_data
    typed = typed_values(overrides_of(arguments))
    models = Models(sweep_folder(store, parent.run_id), arguments.model)
    new = extension_plan(load_plan(store, parent), typed, models, accept_data=accept)
    check_axes(new)
    print_warnings(new.cells, console(stderr=True))
    if arguments.dry_run:
        missing = missing_plan(store, parent.run_id, new, force=force, accept_data=accept)
        found = forecast(missing, past_cells(store.location))
        print_forecast(found, missing, as_json=arguments.json)
        return 0
    check_rivals_of(new.cells, console(stderr=True))
    resumed = extend_plan(store, parent.run_id, new, force=force, accept_data=accept)
    return print_outcome(finish(resumed, store), arguments)


def resume(arguments: Arguments) -> int:
    """Run what is missing of a sweep: cells that never ran, failed or were killed."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    resumed = resume_plan(
        store,
        arguments.rest[0],
        force=arguments.force,
        accept_data=arguments.accept_data,
        model_file=arguments.model,
    )
    if arguments.model is not None:
        remember_models(resumed.plan.cells)
    return print_outcome(finish(resumed, store), arguments)


def finish(resumed: Resumed, store: Store) -> SweepOutcome:
    """Run what is missing of a resumed sweep."""
    return finish_cells(
        resumed.plan,
        store,
        resumed.sweep_id,
        console(stderr=True),
        finished=resumed.finished,
        stale=resumed.stale,
    )


def overrides_of(arguments: Arguments) -> list[str]:
    """Return the overrides, `--workers` among them."""
    workers = [] if arguments.workers is None else [f"workers={arguments.workers}"]
    return [*arguments.rest, *workers]


def print_outcome(outcome: SweepOutcome, arguments: Arguments) -> int:
    """Print the comparison, the cells that failed and where to look next; return the exit code."""
    code = 0 if outcome.is_kept else FAILED
    print_unsent([outcome])
    if arguments.json:
        cells = cell_rows(outcome.cells)
        found = {
            "sweep_id": outcome.sweep_id,
            "agreement": outcome.agreement,
            "unsent": outcome.unsent,
            "cells": cells,
        }
        say_json(found)
        return code
    if outcome.comparison is not None:
        print_comparison(outcome.comparison)
    elif outcome.agreement:
        say(outcome.agreement)
    print_failures(outcome.failed)
    short = outcome.sweep_id[:8]
    if outcome.failed:
        say(f"Run what failed again: hierbench resume {short}")
    say(f"sweep {outcome.sweep_id}: hierbench compare {short}, hierbench ui")
    return code
