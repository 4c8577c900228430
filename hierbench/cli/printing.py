"""Tables in the terminal."""

import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from hierbench.cli.commands import sync_command
from hierbench.records import CellResult
from hierbench.shown import say, say_json, warn
from hierbench.sweeps.execute import SweepOutcome
from hierbench.sweeps.forecast import Forecast
from hierbench.sweeps.plan import SweepPlan
from hierbench.sweeps.progress import duration
from hierbench.terminal import console

__all__ = ["print_failures", "print_forecast", "print_unsent"]


def print_failures(failed: Sequence[CellResult]) -> None:
    """Print what failed and why, nothing when all went well."""
    if not failed:
        return
    table = Table(title=f"{len(failed)} cells failed", title_justify="left", box=None)
    for name in ("run", "cell", "why"):
        table.add_column(name, overflow="fold")
    for cell in failed:
        table.add_row(cell.run_id[:8] or "-", cell.name, cell.tags.get("failure", str(cell.status)))
    console().print(table)


def print_unsent(outcomes: Sequence[SweepOutcome]) -> None:
    """Print on stderr what of the sweeps is not in the store, why, and what to do."""
    cells = sum(outcome.unsent for outcome in outcomes)
    parents = sum(not outcome.parent_sent for outcome in outcomes)
    for reason in dict.fromkeys(reason for outcome in outcomes for reason in outcome.reasons):
        warn(f"not in the store: {reason}")
    if cells or parents:
        which = f"{cells} cells wait" if cells else "The sweep's own run waits"
        say(f"{which} for the store: {sync_command(outcomes[0].location)}", file=sys.stderr)


def print_forecast(found: Forecast, plan: SweepPlan, *, as_json: bool) -> None:
    """Print what a sweep would run and take."""
    if as_json:
        names = [cell.name for cell in plan.cells]
        say_json({**asdict(found), "plan": names})
        return
    for position, cell in enumerate(plan.cells, 1):
        say(f"{position:5}  {cell.name}")
    say(f"{found.cells} cells, {plan.workers} at once, about {found.mib:.0f} MiB on disk in all")
    if found.seconds is None:
        say("time unknown: no earlier run resembles them")
    else:
        say(f"about {duration(found.seconds)}, by earlier runs like {found.alike} of the cells")
    say("a plan: nothing was run")
