"""Tables in the terminal."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from hierbench.compare import Setting
from hierbench.records import CellResult
from hierbench.sweep.forecast import Forecast
from hierbench.sweep.plan import SweepPlan
from hierbench.sweep.progress import duration

__all__ = ["console", "print_failures", "print_forecast", "print_settings", "quoted"]

COLUMNS: dict[str, Callable[[Setting], str]] = {
    "seeds": lambda s: f"{s.seeds}" + (f" (+{s.failed} failed)" if s.failed else ""),
    "gate": lambda s: f"{s.passed}/{s.seeds}",
    "r_hat\nworst": lambda s: number(s.r_hat_worst, ".3f"),
    "diverg-\nences": lambda s: f"{s.divergences}",
    "ess_bulk\nmin": lambda s: number(s.ess_bulk_min, ".0f"),
    "ess per\nsecond": lambda s: number(s.ess_per_second, ".0f"),
    "sample\nseconds": lambda s: number(s.sample_seconds, ".2f"),
}


def console() -> Console:
    """Return a console on standard output, 100 columns wide where it is no terminal."""
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=100)


def quoted(text: str) -> str:
    """Return `text` as a Hydra value, whatever characters it has.

    >>> quoted("my homes, 2019.csv")
    "'my homes, 2019.csv'"
    """
    # To Hydra a backslash is one, save in front of a quote.
    escaped = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + found[2].replace("'", "\\'"), text)
    return f"'{escaped}'"


def number(value: float | None, form: str) -> str:
    """Return `value` in `form`, or a dash where it is not defined."""
    return "-" if value is None else format(value, form)


def print_settings(settings: Sequence[Setting]) -> None:
    """Print a table per posterior: figures of different posteriors are not comparable."""
    out = console()
    for posterior in dict.fromkeys(setting.posterior for setting in settings):
        rows = [setting for setting in settings if setting.posterior == posterior]
        table = Table(title=posterior, title_justify="left", box=None, pad_edge=False)
        axes = [name for name in rows[0].axes if name not in ("data", "prior", "prior.scale")]
        for name in axes:
            table.add_column(name.removeprefix("sampler.").replace("_", "_\n", 1), no_wrap=True)
        for name in COLUMNS:
            table.add_column(name, justify="right")
        for row in rows:
            shown = [show(row) for show in COLUMNS.values()]
            table.add_row(*(row.axes[name] for name in axes), *shown)
        out.print(table)
        out.print()
    out.print(
        "Medians over seeds, worst r_hat, all divergences; gate: seeds that passed. "
        "Unranked: rows of one table share a posterior, tables do not."
    )


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


def print_forecast(found: Forecast, plan: SweepPlan, *, as_json: bool) -> None:
    """Print what a sweep would run and take."""
    if as_json:
        names = [cell.name for cell in plan.cells]
        print(json.dumps({**asdict(found), "plan": names}, indent=1))
        return
    for position, cell in enumerate(plan.cells, 1):
        print(f"{position:5}  {cell.name}")
    print(f"{found.cells} cells, {plan.workers} at once, about {found.mib:.0f} MiB")
    if found.seconds is None:
        print("no past run resembles them: no estimate of the time")
    else:
        print(f"about {duration(found.seconds)}, by past runs like {found.alike} of the cells")
