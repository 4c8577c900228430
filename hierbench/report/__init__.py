"""The report: one HTML file that needs nothing else, for a browser, a phone or paper.

Owns what is shown and how; takes every figure from a comparison, computes none. Heat maps are
tables, and the rest is drawn by matplotlib as SVG within the page, so that the file's text can be
selected, searched and enlarged and follows the reader's colours.
"""

from pathlib import Path

from hierbench.comparison.results import Comparison
from hierbench.report.elements import page_of
from hierbench.report.funnel import funnel_of, worst_cell
from hierbench.report.machine import machines_of
from hierbench.report.page import page
from hierbench.report.tables import Links
from hierbench.tracking import Store
from hierbench.tracking.fetching import AtHand

__all__ = ["write_report"]

LOCAL_UI = "http://127.0.0.1:5000"
"""Where `hierbench ui` serves a store unless the port is taken."""


def write_report(
    path: Path,
    comparison: Comparison,
    *,
    store: Store | None = None,
    at_hand: AtHand | None = None,
) -> None:
    """Write the report of a comparison.

    Parameters
    ----------
    path : Path
        Overwritten.
    store : Store, optional
        Where the worst cell's draws and the records of the machines are read; None: the report
        says that they were not.
    at_hand : mapping of str to Path, optional
        Folders with records of machines that the store need not be asked for, by run id.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    worst = worst_cell(comparison.cells)
    root = page(
        comparison,
        machines_of(comparison.cells, store, at_hand),
        worst,
        None if worst is None else funnel_of(worst, store),
        Links(ui_of(store)),
    )
    path.write_text(f"<!DOCTYPE html>\n{page_of(root)}\n", encoding="utf-8")


def ui_of(store: Store | None) -> str | None:
    """Return the address of the store's experiment in the MLflow UI."""
    if store is None:
        return None
    uri = store.location.uri
    root = uri.rstrip("/") if uri.startswith(("http://", "https://")) else LOCAL_UI
    return f"{root}/#/experiments/{store.experiment_id}"
