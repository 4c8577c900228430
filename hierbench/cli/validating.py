"""The verb validate: every form held to its reference posterior and to its rivals."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from typing import Any

from hierbench.cell import PlannedCell, is_supported
from hierbench.cli.arguments import Arguments
from hierbench.cli.calibrating import calibrate
from hierbench.cli.fitting import overrides_of
from hierbench.cli.printing import print_failures, print_unsent
from hierbench.cli.tables import print_table
from hierbench.comparison import Cell, cells_frame
from hierbench.config.schema import LIKELIHOODS, PARAMETERIZATIONS, Config
from hierbench.errors import ConfigError
from hierbench.records import RunStatus
from hierbench.shown import say_json
from hierbench.sweep.execute import finish_cells, new_sweep
from hierbench.sweep.plan import SweepPlan, loader, unstored
from hierbench.sweep.repair import repair
from hierbench.sweep.rivals import rivals_of
from hierbench.sweep.stored import find_sweep, load_plan
from hierbench.sweep.typed import composed, replaced
from hierbench.sweep.warnings import print_warnings
from hierbench.terminal import console
from hierbench.tracking import Store, TrackedRun, cells_of, locate, look, open_store
from hierbench.validate.judgement import Judgement, judged
from hierbench.validate.posteriors import known_posteriors
from hierbench.validate.sensitivity import PosteriorSensitivity, sensitivity_of
from hierbench.validate.text import asides, checks_tables, sensitivity_tables

__all__ = ["validate", "validate_plans"]

BAD = 1

DATA = (
    ("data=sacramento",),
    ("data=radon", "prior=halfnormal"),
    ("data=berlin_like", "data.rows=500", "data.groups=30"),
)
"""Where no data are asked for: small ones, whose posteriors ship with a reference."""

GRID = (
    f"parameterization={','.join(PARAMETERIZATIONS)}",
    f"likelihood={','.join(LIKELIHOODS)}",
)
SETTINGS = (
    "sampler.draws=3000",
    "sampler.target_accept=0.95",
    "artifacts=minimal",
    "plots=none",
)
"""So that every form that mixes well passes the gate."""


def validate(arguments: Arguments) -> int:
    """Fit every form and judge it, or judge the cells of sweeps that were made before."""
    if arguments.calibration is not None:
        return calibrate(arguments)
    for name in ("design", "output"):
        if getattr(arguments, name):
            raise ConfigError(f"--{name} {getattr(arguments, name)}: needs --calibration N")
    if arguments.of:
        return validate_sweeps(arguments)
    if arguments.accept_data:
        raise ConfigError("--accept-data: what you type is read anyway; it needs --of SWEEP_ID")
    return validate_plans(plans_of(overrides_of(arguments)), arguments)


def plans_of(asked: Sequence[str]) -> list[SweepPlan]:
    """Return a sweep for each data set, all planned before the first fit."""
    keys = {text.partition("=")[0] for text in asked}
    if "experiments" in keys:
        raise ConfigError(
            "experiments=...: `hierbench validate` makes its own grid; give keys alone, or judge "
            "the experiment's sweep with `hierbench validate --of SWEEP_ID`"
        )
    explicit = {"parameterization", "likelihood"} <= keys

    def keep(config: Config) -> bool:
        return explicit or is_supported(config)

    data = ((),) if "data" in keys else DATA
    return [composed(replaced([*of, *GRID, *SETTINGS], asked), keep) for of in data]


def validate_plans(plans: Sequence[SweepPlan], arguments: Arguments) -> int:
    """Run each plan as a sweep like any other, judge all cells together, return the exit code."""
    progress = console(stderr=True)
    for plan in plans:
        print_warnings(plan.cells, progress)
    store = open_store(locate(plans[0].cells[0].config.tracking.uri, Path.cwd()))
    repair(store)
    outcomes = []
    for plan in plans:
        sweep_id = new_sweep(plan, store, shlex.join(["hierbench", "validate", *plan.overrides]))
        outcomes.append(finish_cells(plan, store, sweep_id, progress))
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    failed = [cell for outcome in outcomes for cell in outcome.failed]
    if not arguments.json:
        print_failures(failed)
    print_unsent(outcomes)
    bad = not all(outcome.is_kept for outcome in outcomes)
    planned = [cell for plan in plans for cell in plan.cells]
    return shown(store, cells, planned, [of.sweep_id for of in outcomes], arguments) or BAD * bad


def validate_sweeps(arguments: Arguments) -> int:
    """Judge the cells of the sweeps named by --of, as far as they have finished."""
    if arguments.rest or arguments.workers:
        given = " ".join([*arguments.rest, *(["--workers"] if arguments.workers else [])])
        raise ConfigError(f"{given}: --of judges a sweep as it is; leave one of the two out")
    store = look(locate(arguments.store, Path.cwd()))
    sweeps = [find_sweep(store, name) for name in arguments.of]
    planned = [cell for sweep in sweeps for cell in planned_cells(store, sweep, arguments)]
    cells = [
        cell
        for sweep in sweeps
        for cell in cells_of(store, sweep.run_id)
        if cell.status is not RunStatus.RUNNING
    ]
    if not cells:
        raise ConfigError(f"--of {' '.join(arguments.of)}: no cell has ended; wait for the first")
    return shown(store, cells, planned, [sweep.run_id for sweep in sweeps], arguments)


def planned_cells(store: Store, sweep: TrackedRun, arguments: Arguments) -> tuple[PlannedCell, ...]:
    """Return the cells of a sweep's plan, on the data that it recorded."""
    content = load_plan(store, sweep)
    return unstored(content, loader(content, accept_data=arguments.accept_data)).cells


def shown(
    store: Store,
    cells: Sequence[Cell],
    planned: Sequence[PlannedCell],
    sweeps: Sequence[str],
    arguments: Arguments,
) -> int:
    """Judge the cells, print what was found, and return 1 when something differs."""
    frame = cells_frame(cells)
    read = rivals_of(store, frame, alone=True)
    found = judged(frame, read, known_posteriors(planned))
    sensitivity = sensitivity_of(store, frame, {cell.cell_key: cell for cell in planned})
    if arguments.json:
        say_json(as_json(found, sensitivity, sweeps))
    else:
        print_judgement(found, sensitivity, sweeps)
    return BAD if found.differs else 0


def print_judgement(
    found: Judgement, sensitivity: Sequence[PosteriorSensitivity], sweeps: Sequence[str]
) -> None:
    """Print a table of checks for each data set, what differs, and the prior sensitivities."""
    out = console()
    for table in checks_tables(found):
        print_table(table)
        out.print()
    for table in sensitivity_tables(sensitivity):
        out.print(table.title)  # it is wider than its table
        print_table(replace(table, title=""))
        out.print()
    for text in asides(found, sensitivity):
        out.print(text)
    for sweep_id in sweeps:
        out.print(f"sweep {sweep_id}: hierbench compare {sweep_id[:8]}")


def as_json(
    found: Judgement, sensitivity: Sequence[PosteriorSensitivity], sweeps: Sequence[str]
) -> Mapping[str, Any]:
    """Return everything as JSON content."""
    rows = [{**asdict(row), "verdict": str(row.verdict)} for row in found.rows]
    bounds = {
        name: bound if isfinite(bound) else None
        for name, bound in (
            ("reference_bound", found.reference_bound),
            ("agreement_bound", found.agreement_bound),
        )
    }
    return {
        **asdict(found),
        **bounds,
        "sweeps": list(sweeps),
        "differs": found.differs,
        "rows": rows,
        "sensitivity": [
            {
                **asdict(of),
                "rows": [{**asdict(row), "diagnosis": row.diagnosis} for row in of.rows],
            }
            for of in sensitivity
        ],
    }
