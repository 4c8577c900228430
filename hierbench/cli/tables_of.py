"""Tables in the terminal."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from hierbench.compare import Setting

__all__ = ["console", "print_settings"]

COLUMNS: dict[str, Callable[[Setting], str]] = {
    "seeds": lambda s: f"{s.seeds}" + (f" (+{s.failed} failed)" if s.failed else ""),
    "gate": lambda s: f"{s.passed}/{s.seeds}",
    "r_hat worst": lambda s: number(s.r_hat_worst, ".3f"),
    "divergences": lambda s: f"{s.divergences}",
    "ess_bulk_min": lambda s: number(s.ess_bulk_min, ".0f"),
    "ess_per_second": lambda s: number(s.ess_per_second, ".0f"),
    "sample_seconds": lambda s: number(s.sample_seconds, ".2f"),
}


def console() -> Console:
    """Return a console on standard output, 100 columns wide where it is no terminal."""
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=100)


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
            table.add_column(name.removeprefix("sampler."))
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
