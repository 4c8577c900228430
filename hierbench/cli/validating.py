"""The verb validate: every form held to its reference posterior and to its rivals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from typing import Any

from hierbench.cli.arguments import Arguments
from hierbench.cli.calibrating import calibrate
from hierbench.cli.fitting import overrides_of
from hierbench.cli.printing import print_failures, print_unsent
from hierbench.cli.tables import print_table
from hierbench.errors import ConfigError
from hierbench.shown import say_json
from hierbench.sweeps.checked import check_rivals_of
from hierbench.sweeps.plan import SweepPlan
from hierbench.sweeps.repair import ready_store
from hierbench.sweeps.warnings import print_warnings
from hierbench.terminal import console
from hierbench.tracking import locate, look
from hierbench.validation.judgement import Judgement
from hierbench.validation.judging import Validation, run_plans, validation_of_sweeps
from hierbench.validation.plans import plans_of
from hierbench.validation.sensitivity import PosteriorSensitivity
from hierbench.validation.text import asides, checks_tables, sensitivity_tables

__all__ = ["validate", "validate_plans"]

BAD = 1


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


def validate_plans(plans: Sequence[SweepPlan], arguments: Arguments) -> int:
    """Run each plan as a sweep like any other, judge all cells together, return the exit code."""
    progress = console(stderr=True)
    for plan in plans:
        print_warnings(plan.cells, progress)
        check_rivals_of(plan.cells, progress, everything=True)
    store = ready_store(locate(plans[0].cells[0].config.tracking.uri, Path.cwd()))
    found = run_plans(plans, store, progress)
    if not arguments.json:
        print_failures(found.failed)
    print_unsent(found.outcomes)
    return shown(found, arguments)


def validate_sweeps(arguments: Arguments) -> int:
    """Judge the cells of the sweeps named by --of, as far as they have finished."""
    if arguments.rest or arguments.workers:
        given = " ".join([*arguments.rest, *(["--workers"] if arguments.workers else [])])
        raise ConfigError(f"{given}: --of judges a sweep as it is; leave one of the two out")
    store = look(locate(arguments.store, Path.cwd()))
    found = validation_of_sweeps(store, arguments.of, accept_data=arguments.accept_data)
    return shown(found, arguments)


def shown(found: Validation, arguments: Arguments) -> int:
    """Print what was found, and return 1 when something differs or is not kept."""
    if arguments.json:
        say_json(as_json(found.judgement, found.sensitivity, found.sweep_ids))
    else:
        print_judgement(found.judgement, found.sensitivity, found.sweep_ids)
    return 0 if found.good else BAD


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
