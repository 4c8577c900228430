"""Simulation-based calibration: ``hierbench validate --calibration N``."""

from collections.abc import Sequence
from pathlib import Path

from hierbench.cli.arguments import Arguments
from hierbench.cli.printing import print_failures, print_unsent
from hierbench.cli.tables import print_table
from hierbench.cli.writing import writing
from hierbench.comparison.text import TextTable
from hierbench.errors import ConfigError
from hierbench.shown import say_json
from hierbench.sweeps.repair import ready_store
from hierbench.terminal import console
from hierbench.tracking import locate, open_store
from hierbench.validation.calibrated import (
    Calibrated,
    calibrated_before,
    plan_designs,
    run_design,
    write_files,
)
from hierbench.validation.calibration import Verdict
from hierbench.validation.designs import FAMILY_WISE_LEVEL

__all__ = ["calibrate"]

BAD = 1
SHORTEST_ID = 8


def calibrate(arguments: Arguments) -> int:
    """Run a calibration, or judge what one has; exit 1 where a verdict is not the expected one."""
    asked = arguments.calibration or ""
    if len(asked) >= SHORTEST_ID:
        store = open_store(locate(arguments.store, Path.cwd()), create=False)
        return 0 if show(calibrated_before(store, asked), arguments) else BAD
    if not asked.isdecimal():
        raise ConfigError(
            f"--calibration {asked}: allowed are a number of simulations, or the id of a "
            f"calibration's sweep, {SHORTEST_ID} characters or more"
        )
    names = arguments.design.split(",") if arguments.design else None
    workers = [] if arguments.workers is None else [f"workers={arguments.workers}"]
    plans = plan_designs(int(asked), names, [*arguments.rest, *workers])
    first = next(iter(plans.values())).cells[0]
    store = ready_store(locate(first.config.tracking.uri, Path.cwd()))
    good = []
    for name, plan in plans.items():
        found = run_design(name, plan, store, console(stderr=True), arguments.rest, int(asked))
        print_failures(found.outcome.failed if found.outcome else ())
        print_unsent([found.outcome] if found.outcome else [])
        good.append(show(found, arguments) and found.is_kept)
    return 0 if all(good) else BAD


def show(found: Calibrated, arguments: Arguments) -> bool:
    """Write where it was asked for and print the verdicts; return whether all are as expected."""
    if arguments.output:
        with writing("--output", arguments.output) as folder:
            place = folder / found.design
            place.mkdir(parents=True, exist_ok=True)
            write_files(place, found)
    if arguments.json:
        say_json(found.content())
    else:
        print_verdicts(found.design, found.sweep_id, found.verdicts)
    return found.good


def print_verdicts(name: str, sweep_id: str, verdicts: Sequence[Verdict]) -> None:
    """Print the table of verdicts, why some are expected to fail, and what is not as expected."""
    out = console()
    print_table(table_of(name, verdicts))
    out.print(
        "p: of the ECDF of its ranks, adjusted for all estimands of the form (Holm); not uniform "
        f"at p <= {FAMILY_WISE_LEVEL:g}. Fits that failed the gate count."
    )
    for verdict in verdicts:
        if verdict.reason:
            out.print(f"{verdict.form}: expected to fail, as {verdict.reason}.")
        if not verdict.good:
            out.print(surprise(verdict, sweep_id), soft_wrap=True)
    out.print(f"sweep {sweep_id}: hierbench validate --calibration {sweep_id[:8]}, hierbench ui")


def table_of(name: str, verdicts: Sequence[Verdict]) -> TextTable:
    """Return the verdicts as a table."""
    rows = [
        (
            verdict.form,
            verdict.found if verdict.simulations else "-",
            verdict.expected,
            "yes" if verdict.good else "NO",
            verdict.worst,
            f"{verdict.p_values[verdict.worst]:.2g}" if verdict.p_values else "-",
            str(verdict.simulations),
            str(verdict.gate_failed),
        )
        for verdict in verdicts
    ]
    header = ("form", "found", "expected", "as expected", "least uniform", "p", "n", "gate failed")
    return TextTable(f"calibration, design {name}", header, 5, tuple(rows))


def surprise(verdict: Verdict, sweep_id: str) -> str:
    """Return the sentence for a verdict that is not as it should be."""
    if verdict.missing:
        short = sweep_id[:8]
        return (
            f"{verdict.form}: {verdict.missing} simulations are missing: hierbench resume {short}, "
            f"then hierbench validate --calibration {short}"
        )
    return (
        f"{verdict.form}: expected {verdict.expected}, found {verdict.found}; least uniform is "
        f"{verdict.worst}, p {verdict.p_values[verdict.worst]:.2g}"
    )
