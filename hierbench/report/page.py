"""The page: its parts in order, each a function of the comparison."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import pandas as pd

from hierbench.comparison.results import Comparison
from hierbench.comparison.text import asides
from hierbench.metrics import HEADLINES
from hierbench.models import LOOKS, Look
from hierbench.models.looks import looks_of
from hierbench.records import RunStatus
from hierbench.report.elements import Node, element, paragraphs, table, words
from hierbench.report.figures import intervals, spreads
from hierbench.report.funnel import Funnel
from hierbench.report.heatmaps import MOST_SETTINGS, colour_key, heat_maps
from hierbench.report.machine import Machine
from hierbench.report.style import STYLE
from hierbench.report.tables import (
    Links,
    cell_name,
    cut,
    failures,
    gate_table,
    runs_table,
    settings_table,
    unnamed,
)
from hierbench.report.words import (
    HOW_TO_READ,
    control_sentences,
    swept,
    title_of,
    worst_sentence,
)

__all__ = ["page"]

MOST_HEAT = 2
"""Metrics that have heat maps and drawings: the first that settings are ranked by."""

MOST_POSTERIORS = 40
MOST_DRAWN = 16
"""Posteriors that have a table of their own, and among them a drawing."""

ROWS_DRAWN, ROWS_LISTED = 30, 60
DIFFERENCES_SHOWN = 12


def page(
    comparison: Comparison,
    machines: Sequence[Machine],
    worst: Mapping[str, Any] | None,
    funnel: Funnel | None,
    links: Links,
) -> Element:
    """Return the whole report."""
    title = title_of(comparison)
    sections = {
        "What was found": found(comparison),
        "What was swept": swept_section(comparison, machines),
        "Heat maps": heat_section(comparison),
        "Settings with their intervals": settings_section(comparison),
        "Gate and failures": [
            gate_table(comparison.cells),
            *failures(comparison.cells, links, comparison.axes),
        ],
        "Spread of the cells": spread_section(comparison.cells),
        "The worst cell": worst_section(worst, funnel, links, comparison.axes),
        "Negative control": paragraphs(control_sentences(comparison)),
        "Every run": [*where(links), *runs_table(comparison, links)],
        "How to read this": reading(),
    }
    main = element("main")
    for name, parts in sections.items():
        section = SubElement(main, "section", {"id": slug(name)})
        section.append(element("h2", name))
        section.extend(part for part in parts if isinstance(part, Element))
    body = element("body", top(comparison, machines, title, list(sections)), main, foot())
    return element("html", head(title), body, lang="en")


def slug(name: str) -> str:
    """Return the id of a section."""
    return name.lower().replace(" ", "-")


def head(title: str) -> Element:
    """Return the page's head: nothing in it is fetched from anywhere."""
    style = element("style")
    style.text = STYLE
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"hierbench: {title}"),
        style,
    )


def top(
    comparison: Comparison, machines: Sequence[Machine], title: str, sections: Sequence[str]
) -> Element:
    """Return title, what must be said first, counts and the way to each section."""
    sweeps = ", ".join(
        f"{sweep.sweep_id[:8]} ({sweep.status.lower()})" for sweep in comparison.sweeps
    )
    return element(
        "header",
        element("h1", title),
        element("p", f"hierbench, sweep {sweeps}" if sweeps else "hierbench", class_="soft"),
        first(comparison, machines),
        facts(comparison),
        element(
            "nav",
            element(
                "ul",
                *(element("li", element("a", name, href=f"#{slug(name)}")) for name in sections),
            ),
            aria_label="sections",
        ),
    )


def first(comparison: Comparison, machines: Sequence[Machine]) -> Element | None:
    """Return what a reader must know before any figure: what differs, what is unfinished."""
    notes = list(comparison.notes)
    listed = element("ul")
    for machine in machines[1:]:
        shown = machine.differs[:DIFFERENCES_SHOWN]
        more = len(machine.differs) - len(shown)
        text = "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
        listed.append(
            element(
                "li",
                f"{machine.cells:,} cells on ",
                element("code", machine.fingerprint[:8]),
                f": {text or machine.why_not or 'nothing else in its record differs'}",
            )
        )
    if not notes and not len(listed):
        return None
    return element("div", *paragraphs(notes), listed if len(listed) else None, class_="first")


def facts(comparison: Comparison) -> Element:
    """Return the counts."""
    cells = comparison.cells
    finished = cells["status"] == RunStatus.FINISHED.value
    running = cells["status"] == RunStatus.RUNNING.value
    planned = [sweep.planned for sweep in comparison.sweeps]
    known = [count for count in planned if count is not None]
    counts = {
        "cells": len(cells),
        **({"planned": sum(known)} if known and sum(known) != len(cells) else {}),
        "finished": int(finished.sum()),
        "failed": int((~finished & ~running).sum()),
        "passed the gate": int((finished & (cells["gate"] == "passed")).sum()),
        "settings": len(comparison.settings),
        "ranked": sum(setting.ranked for setting in comparison.settings),
        "posteriors": len(comparison.posteriors),
    }
    pairs = [
        element("div", element("dt", name), element("dd", f"{count:,}"))
        for name, count in counts.items()
    ]
    return element("dl", *pairs, class_="facts")


def found(comparison: Comparison) -> list[Element]:
    """Return who leads in each posterior, how surely, and who is not ranked."""
    parts: list[Element] = []
    posteriors = list(comparison.posteriors)
    for posterior in posteriors[:MOST_POSTERIORS]:
        parts.append(element("h3", posterior))
        parts += paragraphs(asides(comparison, posterior) or ["One setting: nothing to compare."])
    return [*parts, *cut("posteriors", min(len(posteriors), MOST_POSTERIORS), len(posteriors))]


def swept_section(comparison: Comparison, machines: Sequence[Machine]) -> list[Element]:
    """Return the axes, the commands and what the cells ran on."""
    seeds = ", ".join(dict.fromkeys(comparison.cells["seed"])) if "seed" in comparison.cells else ""
    axes: list[list[Node]] = [[name, words(values)] for name, values in swept(comparison)]
    parts: list[Element] = [
        table("Axes", ["key", words("values")], [*axes, ["seed", words(seeds)]])
    ]
    for sweep in comparison.sweeps:
        if sweep.command:
            started = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(sweep.started_seconds))
            parts.append(element("p", f"Started {started}: ", element("code", sweep.command)))
    for machine in machines:
        caption = f"{machine.cells:,} cells ran on {machine.fingerprint[:8]}"
        if machine.facts:
            rows: list[list[Node]] = [[name, words(text)] for name, text in machine.facts.items()]
            parts.append(table(caption, ["part", words("version or setting")], rows))
        else:
            parts += paragraphs([f"{caption}. {machine.why_not}"])
    return parts


def heat_section(comparison: Comparison) -> list[Element]:
    """Return the heat maps of each efficiency that some cell has."""
    metrics = [name for name in HEADLINES[:MOST_HEAT] if name in comparison.metrics]
    if not metrics:
        return paragraphs(["No cell has finished with a measured efficiency."])
    variants = variants_of(comparison)
    count = len(comparison.settings)
    parts: list[Element] = [colour_key()]
    for metric in metrics:
        parts += heat_maps(comparison, metric, variants)
        parts += cut("settings", min(count, MOST_SETTINGS), count)
    return parts


def variants_of(comparison: Comparison) -> list[str]:
    """Return the variant of each setting."""
    cells = comparison.cells
    if "variant" not in cells:
        return [""] * len(comparison.settings)
    named = cells.drop_duplicates("setting").set_index("setting")["variant"]
    return [str(named.get(place, "")) for place in range(len(comparison.settings))]


def settings_section(comparison: Comparison) -> list[Element]:
    """Return, for each posterior, a drawing and a table of its settings."""
    metrics = [name for name in HEADLINES[:MOST_HEAT] if name in comparison.metrics]
    parts: list[Element] = []
    posteriors, looks = comparison.posteriors, form_looks(comparison.cells)
    for place, (posterior, settings) in enumerate(list(posteriors.items())[:MOST_POSTERIORS]):
        parts.append(element("h3", posterior))
        if metrics and place < MOST_DRAWN:
            shown, name = settings[:ROWS_DRAWN], f"intervals{place}"
            parts.append(intervals(shown, metrics, name, looks, explained=place == 0))
        parts.append(settings_table(comparison, settings[:ROWS_LISTED]))
        parts += cut("settings", min(len(settings), ROWS_LISTED), len(settings))
    return [*parts, *cut("posteriors", min(len(posteriors), MOST_POSTERIORS), len(posteriors))]


def spread_section(cells: pd.DataFrame) -> list[Element]:
    """Return r_hat and ESS of every finished cell."""
    finished = cells[cells["status"] == RunStatus.FINISHED.value]
    if finished.empty or "r_hat_max" not in finished:
        return paragraphs(["No cell has finished with an r_hat."])
    most: float | None
    gates = set(finished["gate.r_hat_max"]) if "gate.r_hat_max" in finished else set()
    try:
        (most,) = {float(gate) for gate in gates}
    except ValueError:  # several gates, or none
        most = None
    return [spreads(finished, "spread", most, form_looks(cells))]


def form_looks(cells: pd.DataFrame) -> Mapping[str, Look]:
    """Return how the forms of the cells are drawn."""
    named = cells.get("parameterization", ())
    return looks_of(map(str, named), LOOKS)


def worst_section(
    worst: Mapping[str, Any] | None, funnel: Funnel | None, links: Links, axes: Iterable[str]
) -> list[Element]:
    """Return which cell is the worst, and its funnel or why there is none."""
    if worst is None or funnel is None:
        return paragraphs(["No cell has finished."])
    line = element(
        "p",
        worst_sentence(worst, cell_name(worst, unnamed(axes))),
        " Run ",
        links.to(str(worst["run_id"])),
        ".",
    )
    if funnel.drawing is not None:
        return [line, funnel.drawing]
    return [line, *paragraphs([funnel.why_not])]


def where(links: Links) -> list[Element]:
    """Return how to open a run."""
    text = (
        "`hierbench show RUN_ID` shows everything about a run, `hierbench reproduce RUN_ID` "
        "fits it anew."
    )
    if links.root and "127.0.0.1" in links.root:
        text += (
            " Links open it in the MLflow UI while `hierbench ui` serves this store on port 5000."
        )
    return paragraphs([text])


def reading() -> list[Element]:
    """Return how to read the report."""
    listed = element("dl")
    for name, text in HOW_TO_READ:
        listed.append(element("dt", element("b", name)))
        listed.append(element("dd", text))
    return [listed]


def foot() -> Element:
    """Return the last line."""
    now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    return element("footer", f"Written by hierbench on {now}. This file needs no network.")
