"""Tables of the report: settings, gate, failures, runs; every list is cut with a count."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import pandas as pd

from hierbench.comparison.results import Comparison, Estimate, Setting
from hierbench.comparison.text import figure, heading_of, in_one_line, probability
from hierbench.metrics import COLUMNS, EARLIER, METRICS, Kind, metric_of
from hierbench.records import RunStatus
from hierbench.report.elements import Node, element, exact, paragraphs, table, words

__all__ = [
    "Links",
    "cell_name",
    "cut",
    "failures",
    "gate_table",
    "runs_table",
    "settings_table",
    "unnamed",
]

FORM = "parameterization"
MOST_ROWS = 300
MOST_METRICS = 4
"""In a table of settings; more make it wider than a page."""


class Links:
    """Where a run is in the MLflow UI."""

    def __init__(self, root: str | None) -> None:
        self.root = root

    def to(self, run_id: str) -> Node:
        """Return a run's id as a link, as text where there is no place to lead to."""
        plain = run_id.isalnum() and run_id.isascii()
        code = element("code", run_id[:8], title=run_id)
        if self.root is None or not plain:
            return code
        return element("a", code, href=f"{self.root}/runs/{run_id}")


def cut(what: str, shown: int, every: int) -> list[Element]:
    """Return a sentence when `every` is more than is `shown`, nothing else."""
    if shown >= every:
        return []
    rest = f"{every - shown:,} more {what} are left out of this page; `hierbench compare --csv"
    return paragraphs([f"{rest} FILE` writes all of them."], "soft")


def settings_table(comparison: Comparison, settings: Sequence[Setting]) -> Element:
    """Return the settings of one posterior, the ranked ones first, best first."""
    metrics = [name for name in COLUMNS if name in comparison.metrics][:MOST_METRICS]
    header: list[Node] = ["setting", "gate", "r_hat worst", "divergences"]
    header += [in_one_line(heading_of(metric)) for metric in metrics]
    header += ["P(best)", words("")]
    rows = []
    for setting in settings:
        row: list[Node] = [
            setting.name,
            passed(setting),
            r_hat(setting),
            f"{setting.divergences:,}",
        ]
        row += [estimate_cell(setting.estimates.get(metric), metric) for metric in metrics]
        row += [probability(setting.probability_best.get(comparison.metric)), why(setting)]
        rows.append(row)
    return table("Medians over seeds, 90 % intervals below", header, rows)


def why(setting: Setting) -> Node:
    """Return why a setting is not ranked."""
    return words(f"not ranked: {setting.why_unranked}") if setting.why_unranked else ""


def passed(setting: Setting) -> Node:
    """Return how many seeds passed the gate, and how many cells failed."""
    good = setting.passed == setting.finished and setting.finished > 0
    failed = f", {setting.failed} failed" if setting.failed else ""
    text = f"{setting.passed} of {setting.finished}{failed}"
    return element("span", text, class_="yes" if good and not setting.failed else "no")


def r_hat(setting: Setting) -> Node:
    """Return the largest r_hat of a setting."""
    worst = setting.r_hat_worst
    return "–" if worst is None else exact(f"{worst:.3f}", worst, data_metric="r_hat_max")


def estimate_cell(estimate: Estimate | None, metric: str) -> Node:
    """Return the median of a metric, and below it the interval or why there is none."""
    if estimate is None or estimate.median is None:
        return element("span", "–", note(estimate.note if estimate else ""))
    scale = metric_of(metric).shown.scale
    median = exact(figure(estimate.median * scale), estimate.median, data_metric=metric)
    if estimate.low is None or estimate.high is None:
        return element("span", median, note(estimate.note))
    ends = f"{figure(estimate.low * scale)} to {figure(estimate.high * scale)}"
    return element("span", median, note(ends))


def note(text: str) -> Node:
    """Return small print below a figure."""
    return element("span", text, class_="range") if text else None


def gate_table(cells: pd.DataFrame) -> Element:
    """Return how many cells of each form ended how."""
    header = [
        FORM,
        "cells",
        "passed the gate",
        "failed the gate",
        "failed",
        "running",
        "timing valid",
    ]
    rows = []
    for form, of in cells.groupby(FORM, sort=False):
        finished = of["status"] == RunStatus.FINISHED.value
        running = of["status"] == RunStatus.RUNNING.value
        good = finished & (of["gate"] == "passed")
        counts = [len(of), good.sum(), (finished & ~good).sum(), (~finished & ~running).sum()]
        valid = (finished & (of["timing_valid"] == "true")).sum()
        told = (finished & (of["timing_valid"] != "")).sum()
        timing = f"{valid:,} of {told:,}" if told else "not measured"
        rows.append([str(form), *(f"{n:,}" for n in (*counts, running.sum())), timing])
    return table("Cells by form", header, rows)


def failures(cells: pd.DataFrame, links: Links, axes: Iterable[str] = ()) -> list[Element]:
    """Return the cells that failed, and those that fail the gate, each with its reason."""
    others = unnamed(axes)
    finished = cells["status"] == RunStatus.FINISHED.value
    running = cells["status"] == RunStatus.RUNNING.value
    found: list[Element] = []
    for title, chosen, reason in (
        ("Cells that failed", cells[~finished & ~running], "failure"),
        (
            "Cells that fail the gate",
            cells[finished & (cells["gate"] == "failed")],
            "gate_failures",
        ),
    ):
        if chosen.empty:
            found += paragraphs([f"{title}: none."])
            continue
        rows = [
            [cell_name(row, others), links.to(str(row["run_id"])), words(str(row[reason]))]
            for row in records(chosen.head(MOST_ROWS))
        ]
        found.append(table(f"{title}: {len(chosen):,}", ["cell", "run", words("why")], rows))
        found += cut("cells", len(rows), len(chosen))
    return found


def records(cells: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Give each row as a mapping."""
    return ({str(key): value for key, value in row.items()} for row in cells.to_dict("records"))


def unnamed(axes: Iterable[str]) -> list[str]:
    """Return the axes that no cell's name holds."""
    return [name for name in axes if name not in (FORM, "prior.scale", "sampler.target_accept")]


def cell_name(row: Mapping[str, Any], axes: Sequence[str] = ()) -> str:
    """Return a cell's name as its run has it, with its values of `axes` behind."""
    parts = (
        str(row.get(FORM, "")),
        f"scale {row['prior.scale']}" if row.get("prior.scale") else "",
        f"accept {row['sampler.target_accept']}" if row.get("sampler.target_accept") else "",
        f"seed {row['seed']}" if row.get("seed") else "",
        *(str(row.get(name, "")) for name in axes),
    )
    return " · ".join(part for part in parts if part)


def runs_table(comparison: Comparison, links: Links) -> list[Element]:
    """Return every run with its figures, as many as the page holds."""
    known = (*METRICS.values(), *EARLIER.values())
    metrics = [one.name for one in known if one.shown.runs and one.name in comparison.metrics]
    axes = unnamed(comparison.axes)
    header = ["cell", *axes, "run", "status", "gate", *metrics]
    rows = []
    for row in records(comparison.cells.head(MOST_ROWS)):
        figures = [
            "–"
            if pd.isna(row[name])
            else exact(run_figure(name, row[name]), row[name], data_metric=name)
            for name in metrics
        ]
        run_id = str(row["run_id"])
        run = element("span", links.to(run_id), data_run=run_id)
        facts = [str(row[name]) for name in axes]
        gate = str(row["gate"]) or "–"
        rows.append([cell_name(row), *facts, run, str(row["status"]).lower(), gate, *figures])
    found = [table("Every run", header, rows)]
    return [*found, *cut("runs", len(rows), len(comparison.cells))]


def run_figure(name: str, value: float) -> str:
    """Return a metric of one run as it is read; what is counted has no fraction.

    >>> run_figure("divergences", 971.0), run_figure("ess_bulk_min", 971.0)
    ('971', '971.0')
    """
    return f"{value:.0f}" if metric_of(name).kind is Kind.COUNT else figure(value, 4)
