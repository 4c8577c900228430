"""Tables of a comparison in the terminal; imports nothing that samples."""

import pandas as pd
from rich.measure import Measurement
from rich.table import Table

from hierbench.comparison import Comparison
from hierbench.comparison.text import TextTable, asides, settings_table
from hierbench.metrics import better_end
from hierbench.shown import printable, redacted
from hierbench.terminal import console

__all__ = ["print_comparison", "print_table", "printable_table"]

COLUMN_GAP = 1
WIDEST = 10_000  # columns; beyond it nobody has a terminal


def print_comparison(comparison: Comparison) -> None:
    """Print a table per posterior: figures of different posteriors are not comparable."""
    out = console()
    for note in comparison.notes:
        out.print(note)
    for posterior in comparison.posteriors:
        print_table(settings_table(comparison, posterior))
        for sentence in asides(comparison, posterior):
            # A command is copied, so it stays in one line.
            out.print(sentence, soft_wrap=sentence.startswith(" "))
        out.print()
    out.print(
        "A figure is the median over seeds, [ ] its 90 % interval; gate: seeds that passed it; "
        "r_hat: the\nworst; divergences: all. Where a [ ] is missing, the reason is said."
    )
    if better_end(comparison.metric) == 0:
        return
    out.print(
        f"Ranked by {comparison.metric}, within one posterior: settings of two seeds or more that "
        "all passed.\nP(best): the probability of being the best of them. Read the interval before "
        "the order."
    )


def print_table(table: TextTable) -> None:
    """Print one table; one that is too wide has its intervals below their medians."""
    out = console()
    one_line, two_lines = as_shown(table), as_shown(table, between="\n")
    fits = Measurement.get(out, out.options.update(width=WIDEST), one_line).maximum <= out.width
    out.print(one_line if fits else two_lines)


def as_shown(table: TextTable, between: str = " ") -> Table:
    """Return the table with `between` a median and its interval."""
    shown = Table(
        title=table.title, title_justify="left", box=None, pad_edge=False, padding=(0, COLUMN_GAP)
    )
    for place, name in enumerate(table.header):
        label = place < table.labels
        shown.add_column(name, justify="left" if label else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(text.replace(" [", f"{between}[") for text in row))
    return shown


def printable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` for a CSV file: texts and headings without passwords and control characters.

    A text that a spreadsheet would take for a formula stays as it is: the file is for programs.
    """

    def shown(value: object) -> object:
        return printable(redacted(value)) if isinstance(value, str) else value

    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    clean = table.assign(**{str(name): table[name].map(shown) for name in texts})
    return clean.rename(columns=lambda name: printable(redacted(str(name))))
