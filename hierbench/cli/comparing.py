"""The verb compare."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from hierbench.cli.arguments import Arguments
from hierbench.cli.tables import print_comparison, print_table, printable_table
from hierbench.cli.writing import writing
from hierbench.comparison import Comparison, compare_cells
from hierbench.comparison.filters import where
from hierbench.comparison.pivot import pivot_tables
from hierbench.comparison.text import TextTable, asides, in_markdown, settings_table
from hierbench.errors import ConfigError
from hierbench.markdown import paragraph
from hierbench.shown import say, say_json
from hierbench.sweeps.reading import chosen_sweeps, differences, merged, read_sweep
from hierbench.tracking import Store, TrackedRun, locate, look

__all__ = ["compare"]

BAD = 1
SHOWN_DIFFERENCES = 10


def compare(arguments: Arguments) -> int:
    """Put the settings of the chosen sweeps side by side, of the latest where none is named."""
    store = look(locate(arguments.store, Path.cwd()))
    sweeps = chosen_sweeps(store, arguments.rest)
    if arguments.baseline:
        from hierbench.cli.baselines import against_baseline  # it imports scipy.stats

        return against_baseline(store, sweeps, arguments)
    if arguments.threshold is not None:
        raise ConfigError(f"--threshold {arguments.threshold:g}: needs --baseline SWEEP_ID")
    comparison = compared(store, sweeps, arguments)
    write_files(comparison, store, arguments)
    show(comparison, arguments)
    return verified(store, sweeps, comparison) if arguments.verify else 0


def compared(store: Store, sweeps: list[TrackedRun], arguments: Arguments) -> Comparison:
    """Return the comparison of `sweeps` that was asked for."""
    tables = dict(read_sweep(store, sweep) for sweep in sweeps)
    cells, notes = merged(tables)
    return compare_cells(
        where(cells, arguments.where),
        sweeps=list(tables),
        metric=arguments.metric,
        notes=notes,
    )


def show(comparison: Comparison, arguments: Arguments) -> None:
    """Print the comparison in the form that was asked for."""
    if arguments.json:
        say_json(as_json(comparison))
        return
    tables = pivots(comparison, arguments)
    if arguments.markdown:
        say("\n".join(markdown(comparison, tables)))
    elif tables is None:
        print_comparison(comparison)
    else:
        for table in tables:
            print_table(table)
        say("Medians over seeds [90 % interval]; * not ranked: see `hierbench compare`.")


def pivots(comparison: Comparison, arguments: Arguments) -> list[TextTable] | None:
    """Return the tables over the two axes that were asked for, None where none were.

    Raises
    ------
    ConfigError
        If one axis alone was given, and no other differs.
    """
    if arguments.rows is None and arguments.columns is None:
        return None
    rows, columns = arguments.rows, arguments.columns
    left = [name for name in comparison.axes if name not in (rows, columns)]
    if (rows is None or columns is None) and not left:
        given = f"--rows {rows}" if columns is None else f"--columns {columns}"
        raise ConfigError(f"{given}: no other axis differs among the settings; leave it out")
    return pivot_tables(comparison, rows or left[0], columns or left[0])


def markdown(comparison: Comparison, tables: list[TextTable] | None) -> list[str]:
    """Return the comparison in Markdown, a paragraph each."""
    paragraphs = [*map(paragraph, comparison.notes)]
    if tables is not None:
        paragraphs += [in_markdown(table) for table in tables]
    else:
        for posterior in comparison.posteriors:
            paragraphs.append(in_markdown(settings_table(comparison, posterior)))
            paragraphs += map(paragraph, asides(comparison, posterior))
    return [line for text in paragraphs for line in (text, "")]


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON content, its cells left out: --csv has them."""
    return {
        "sweeps": [asdict(sweep) for sweep in comparison.sweeps],
        "metric": comparison.metric,
        "axes": {name: list(values) for name, values in comparison.axes.items()},
        "notes": list(comparison.notes),
        "settings": [{**asdict(s), "ranked": s.ranked} for s in comparison.settings],
        "pairs": [asdict(pair) for pair in comparison.pairs],
    }


def write_files(comparison: Comparison, store: Store, arguments: Arguments) -> None:
    """Write the files that were asked for."""
    if arguments.csv:
        with writing("--csv", arguments.csv) as file:
            printable_table(comparison.cells.drop(columns="setting")).to_csv(file, index=False)
    if arguments.html:
        from hierbench.report import write_report  # it imports a drawing library

        with writing("--html", arguments.html) as file:
            write_report(file, comparison, store=store)


def verified(store: Store, sweeps: list[TrackedRun], comparison: Comparison) -> int:
    """Read every cell from the store, print where the figures compared differ, return the code."""
    stored, _ = merged(dict(read_sweep(store, sweep, fresh=True) for sweep in sweeps))
    kept = stored[stored["run_id"].isin(comparison.cells["run_id"])]
    found = differences(comparison.cells.drop(columns="setting"), kept)
    for phrase in found[:SHOWN_DIFFERENCES]:
        say(phrase)
    if found:
        say(f"{len(found)} differences between the sweeps' tables and the store")
        return BAD
    say(f"verified: {len(kept)} cells are as the store has them")
    return 0
