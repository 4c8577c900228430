"""The verb show."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.cli.commands import command_of
from hierbench.errors import StoreError
from hierbench.shown import printable, say_json
from hierbench.terminal import console
from hierbench.tracking import (
    Store,
    cells_of,
    find_run,
    list_files,
    locate,
    look,
)
from hierbench.tracking.contract import PREDICTIVE
from hierbench.tracking.tables import recorded_table

__all__ = ["show"]

UNKNOWN = "not given: its record holds what `hierbench` does not write; see tags and params above"
NUMBERS = ("observed", "predicted", "low", "high", "tail_probability", "draws")


def show(arguments: Arguments) -> int:
    """Print everything about one run."""
    store = look(locate(arguments.store, Path.cwd()))
    run = find_run(store, arguments.rest[0])
    files = list_files(store, run.run_id)
    check = predictive_rows(store, run.run_id) if PREDICTIVE in files else []
    if arguments.json:
        extra = {"files": files, "command": command_of(run), "predictive": check}
        say_json({**asdict(run), **extra})
        return 0
    cells = cells_of(store, run.run_id) if run.kind == "sweep" else []
    started = datetime.fromtimestamp(run.started_seconds).isoformat(" ", "seconds")
    out = console()
    kind, name = printable(run.kind), printable(run.name)
    out.print(f"{kind} {run.run_id}\n{name}\n{run.status}, started {started}\n")
    print_block("tags", {name: text for name, text in run.tags.items() if "." not in name})
    print_block("params", run.params)
    print_block("metrics", {name: f"{value:.6g}" for name, value in run.metrics.items()})
    print_predictive(check)
    print_block("files", dict.fromkeys(files, ""))
    print_block(
        "cells", {cell.run_id[:8]: f"{cell.status}  {printable(cell.name)}" for cell in cells}
    )
    out.print(f"again: {command_of(run) or UNKNOWN}", soft_wrap=True)
    return 0


def predictive_rows(store: Store, run_id: str) -> list[dict[str, Any]]:
    """Return the rows of a run's predictive table, None where a number is not defined.

    Raises
    ------
    StoreError
        If it cannot be read, or is no such table.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = recorded_table(store, run_id, PREDICTIVE, Path(folder))
    try:
        numbers = found[list(NUMBERS)].astype(float).astype(object)
        texts = found[["statistic", "unit"]].astype(str)
    except (KeyError, ValueError, TypeError) as err:
        raise StoreError(
            f"{run_id}: its {PREDICTIVE} is altered or damaged ({err}); the run's files are in "
            "the MLflow UI: hierbench ui"
        ) from err
    rows: Any = texts.join(numbers.where(numbers.notna(), None)).to_dict("records")
    return list(rows)


def print_predictive(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the predictive table, nothing when it has no rows."""
    if not rows:
        return
    draws = rows[0]["draws"]
    title = f"predictive: {draws:g} replicates of the data"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("statistic")
    for name in ("observed", "predicted\nmedian", "5 %", "95 %", "share at or\nabove observed"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    for row in rows:
        numbers = [row[name] for name in NUMBERS[:4]]
        tail = row["tail_probability"]
        table.add_row(
            row["statistic"],
            *("" if number is None else in_figures(number) for number in numbers),
            "" if tail is None else f"{tail:.2f}",
            row["unit"],
        )
    console().print(table, "")


def in_figures(number: float) -> str:
    """Return a number in four figures, all of them before the point.

    >>> in_figures(251_234.5), in_figures(0.52345)
    ('251,234', '0.5234')
    """
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def print_block(title: str, rows: Mapping[str, str]) -> None:
    """Print `rows` as two columns under a title, nothing when there are none."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for name, text in sorted(rows.items()):
        table.add_row(name, text)
    console().print(table, "")
