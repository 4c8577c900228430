"""Paragraphs and tables as text, and as HTML for a notebook."""

from collections.abc import Sequence

from hierbench.comparison import Comparison
from hierbench.comparison.text import TextTable, asides, in_markdown, settings_table
from hierbench.records import CellResult

__all__ = ["Part", "failures_table", "in_html", "in_text", "parts_of"]

type Part = str | TextTable
"""A paragraph, or a table."""


def in_text(parts: Sequence[Part]) -> str:
    """Return paragraphs and tables as text."""
    return "\n\n".join(part if isinstance(part, str) else in_markdown(part) for part in parts)


def in_html(parts: Sequence[Part]) -> str:
    """Return paragraphs and tables for a notebook."""
    from hierbench.report.elements import element, page_of, prose, table

    nodes = [
        prose(part)
        if isinstance(part, str)
        else table(part.title, part.header, part.rows, labels=part.labels)
        for part in parts
    ]
    return page_of(element("div", *nodes))


def parts_of(found: Comparison) -> list[Part]:
    """Return the notes of a comparison and the table of each posterior."""
    parts: list[Part] = [*found.notes]
    for name in found.posteriors:
        parts += [settings_table(found, name), *asides(found, name)]
    return parts


def failures_table(failed: Sequence[CellResult]) -> TextTable:
    """Return what failed and why."""
    rows = tuple(
        (cell.run_id[:8] or "-", cell.name, cell.tags.get("failure", str(cell.status)))
        for cell in failed
    )
    return TextTable(f"{len(failed)} cells failed", ("run", "cell", "why"), 3, rows)
