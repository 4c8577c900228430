"""Simulation-based calibration: ``hierbench validate --calibration N``."""

import json
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hierbench.cli.arguments import Arguments
from hierbench.cli.printing import print_failures, print_unsent
from hierbench.cli.tables import print_table, writing
from hierbench.comparison.text import TextTable
from hierbench.errors import ConfigError
from hierbench.shown import redacted_uri, say_json
from hierbench.sweep.execute import finish_cells, new_sweep
from hierbench.sweep.plan import SweepPlan, loader, unstored
from hierbench.sweep.repair import repair
from hierbench.sweep.stored import find_sweep, load_plan
from hierbench.terminal import console
from hierbench.tracking import Store, locate, log_files, open_store, set_tag
from hierbench.validate.calibration import Verdict, judge, plan_calibration
from hierbench.validate.designs import DESIGNS, FAMILY_WISE_LEVEL, design
from hierbench.validate.rank_plot import plot_ranks
from hierbench.validate.ranks import recorded_ranks

__all__ = ["calibrate"]

BAD = 1
SHORTEST_ID = 8
TAG = "calibration"
VERDICTS, PLOT = "calibration.json", "ranks.png"


def calibrate(arguments: Arguments) -> int:
    """Run a calibration, or judge what one has; exit 1 where a verdict is not the expected one."""
    asked = arguments.calibration or ""
    if len(asked) >= SHORTEST_ID:
        return judged_again(asked, arguments)
    if not asked.isdecimal():
        raise ConfigError(
            f"--calibration {asked}: allowed are a number of simulations, or the id of a "
            f"calibration's sweep, {SHORTEST_ID} characters or more"
        )
    plans = planned(int(asked), arguments)
    store = open_store(locate(next(iter(plans.values())).cells[0].config.tracking.uri, Path.cwd()))
    repair(store)
    good = [run_design(name, plan, store, arguments) for name, plan in plans.items()]
    return 0 if all(good) else BAD


def planned(simulations: int, arguments: Arguments) -> dict[str, SweepPlan]:
    """Return the sweep of every design that is asked for, all checked before the first fit."""
    names = arguments.design.split(",") if arguments.design else list(DESIGNS)
    workers = [] if arguments.workers is None else [f"workers={arguments.workers}"]
    overrides = [*arguments.rest, *workers]
    return {name: plan_calibration(design(name), simulations, overrides) for name in names}


def run_design(name: str, plan: SweepPlan, store: Store, arguments: Arguments) -> bool:
    """Run one design's sweep and show its verdicts; return whether all are as expected."""
    words = ["hierbench", "validate", "--calibration", str(arguments.calibration)]
    command = shlex.join([*words, "--design", name, *map(redacted_uri, arguments.rest)])
    sweep_id = new_sweep(plan, store, command)
    set_tag(store, sweep_id, TAG, name)
    outcome = finish_cells(plan, store, sweep_id, console(stderr=True))
    print_failures(outcome.failed)
    print_unsent([outcome])
    good = show(name, plan, store, sweep_id, arguments)
    return good and not outcome.unsent and outcome.parent_sent


def judged_again(sweep_id: str, arguments: Arguments) -> int:
    """Show the verdicts on the cells that a calibration's sweep has; return the exit code.

    Raises
    ------
    ConfigError
        If the sweep is no calibration's.
    """
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    sweep = find_sweep(store, sweep_id)
    name = sweep.tags.get(TAG, "")
    if name not in DESIGNS:
        raise ConfigError(
            f"--calibration {sweep_id}: the id of a sweep that is no calibration; give a number "
            "of simulations to start one"
        )
    content = load_plan(store, sweep)
    plan = unstored(content, loader(content))
    return 0 if show(name, plan, store, sweep.run_id, arguments) else BAD


def show(name: str, plan: SweepPlan, store: Store, sweep_id: str, arguments: Arguments) -> bool:
    """Judge, keep and print the verdicts; return whether all are as expected."""
    ranks = recorded_ranks(store, sweep_id, plan.cells)
    verdicts = [judge(form, of, design(name)) for form, of in ranks.items()]
    content = {"design": name, "sweep_id": sweep_id, "verdicts": [plain(v) for v in verdicts]}
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), content, ranks, verdicts)
        log_files(store, sweep_id, Path(folder))
    if arguments.output:
        with writing("--output", arguments.output):
            place = arguments.output / name
            place.mkdir(parents=True, exist_ok=True)
            write_files(place, content, ranks, verdicts)
    if arguments.json:
        say_json(content)
    else:
        print_verdicts(name, sweep_id, verdicts)
    return all(verdict.good for verdict in verdicts)


def write_files(
    folder: Path, content: Mapping[str, Any], ranks: Mapping[str, Any], verdicts: Sequence[Verdict]
) -> None:
    """Write the verdicts and, where there are ranks, their plot into `folder`."""
    (folder / VERDICTS).write_text(json.dumps(content, indent=1) + "\n")
    if any(verdict.simulations for verdict in verdicts):
        plot_ranks(folder / PLOT, str(content["design"]), ranks, verdicts)


def plain(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON content."""
    return {**asdict(verdict), "worst": verdict.worst, "good": verdict.good}


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
