"""Heat maps as tables: a figure in every cell, coloured within its own posterior only.

Tables, since a reader can select, search, enlarge and print their figures, a screen reader reads
them row by row, and a phone scrolls them; a picture of a thousand cells does none of this.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from hierbench.comparison.results import Comparison, Setting
from hierbench.comparison.text import figure, heading_of, in_one_line, probability
from hierbench.metrics import better_end, metric_of
from hierbench.report.elements import Node, element, exact, scrolled
from hierbench.report.style import RAMP

__all__ = ["MOST_SETTINGS", "colour_key", "heat_maps"]

SCALE, ACCEPT = "prior.scale", "sampler.target_accept"
MOST_SETTINGS = 1500
"""In the heat maps of one metric."""

DARKEST = 8.0
"""The factor behind the best of its posterior from which on a cell is darkest."""

type Key = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One heat map: settings of one data set and one prior, by row and column."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    settings: Mapping[tuple[Key, Key], Sequence[int]]


def heat_maps(comparison: Comparison, metric: str, variants: Sequence[str]) -> list[Element]:
    """Return the heat maps of a metric, one per data set and prior.

    Parameters
    ----------
    variants : sequence of str
        Of each setting.
    """
    best = best_of(comparison, metric)
    return [
        heat_map(comparison, metric, sheet, best, variants)
        for sheet in sheets_of(comparison.axes, comparison.settings[:MOST_SETTINGS])
    ]


def sheets_of(axes: Mapping[str, Sequence[str]], settings: Sequence[Setting]) -> list[Sheet]:
    """Return the settings laid out over the axes: data and prior apart, scale and accept across."""
    apart = [name for name in axes if name.partition(".")[0] in ("data", "prior") and name != SCALE]
    columns = tuple(name for name in (SCALE, ACCEPT) if name in axes)
    rows = tuple(name for name in axes if name not in (*apart, *columns))
    found: dict[Key, dict[tuple[Key, Key], list[int]]] = {}
    for i, setting in enumerate(settings):
        places = found.setdefault(tuple(setting.axes[name] for name in apart), {})
        row = tuple(setting.axes[name] for name in rows)
        column = tuple(setting.axes[name] for name in columns)
        places.setdefault((row, column), []).append(i)
    return [
        Sheet(", ".join(f"{n} {v}" for n, v in zip(apart, key, strict=True)), rows, columns, places)
        for key, places in found.items()
    ]


def best_of(comparison: Comparison, metric: str) -> dict[str, float]:
    """Return the best median of each posterior, among the ranked settings."""
    found: dict[str, float] = {}
    for setting in comparison.settings:
        value = ranked_value(setting, metric)
        if value is not None:
            behind = better_end(metric) * (value - found.get(setting.posterior, value))
            if behind >= 0:
                found[setting.posterior] = value
    return found


def ranked_value(setting: Setting, metric: str) -> float | None:
    """Return the median of a ranked setting with an interval, positive; else None."""
    estimate = setting.estimates.get(metric)
    if not setting.ranked or estimate is None or not estimate.has_interval:
        return None
    return estimate.median if estimate.median and estimate.median > 0 else None


def heat_map(
    comparison: Comparison,
    metric: str,
    sheet: Sheet,
    best: Mapping[str, float],
    variants: Sequence[str],
) -> Element:
    """Return one heat map as a table."""
    rows = list(dict.fromkeys(row for row, _ in sheet.settings))
    variant = {row: variants[places[0]] for (row, _), places in sheet.settings.items()}
    rows.sort(key=lambda row: variant[row])
    orders = [{v: i for i, v in enumerate(comparison.axes[name])} for name in sheet.columns]
    columns = sorted(
        {column for _, column in sheet.settings},
        key=lambda column: [order[v] for order, v in zip(orders, column, strict=True)],
    )
    body = element("tbody")
    for i, row in enumerate(rows):
        new_block = i > 0 and variant[row] != variant[rows[i - 1]]
        line = element("tr", **({"class_": "next"} if new_block else {}))
        name = " · ".join(value for value in row if value)
        line.append(element("th", name, element("div", variant[row], class_="soft"), scope="row"))
        for j, column in enumerate(columns):
            edge = j > 0 and column[:1] != columns[j - 1][:1]
            places = sheet.settings.get((row, column), ())
            line.append(heat_cell([comparison.settings[p] for p in places], metric, best, edge))
        body.append(line)
    heading = in_one_line(heading_of(metric))
    caption = f"{heading}{', ' if sheet.title else ''}{sheet.title}"
    head = header(sheet, columns)
    return scrolled(
        element("table", element("caption", caption), head, body, class_="heat"), caption
    )


def header(sheet: Sheet, columns: Sequence[Key]) -> Element:
    """Return the heading rows of a heat map, one per axis across."""
    names = ", ".join(sheet.rows)
    lines = []
    for depth, axis in enumerate(sheet.columns):
        line = element("tr", element("th", names if depth == len(sheet.columns) - 1 else ""))
        at = 0
        while at < len(columns):
            same = columns[at][: depth + 1]
            span = sum(column[: depth + 1] == same for column in columns)
            line.append(element("th", f"{axis} {same[-1]}", scope="colgroup", colspan=str(span)))
            at += span
        lines.append(line)
    return element("thead", *(lines or [element("tr", element("th", names), element("th", ""))]))


def heat_cell(
    settings: Sequence[Setting], metric: str, best: Mapping[str, float], edge: bool
) -> Element:
    """Return the cell of the settings at one place, nearly always one."""
    cell = element("td")
    classes = ["edge"] if edge else []
    if not settings:
        classes.append("none")
        cell.text = "–"
    for setting in settings:
        value = ranked_value(setting, metric)
        classes.append("out" if value is None else f"h{step(value, best[setting.posterior])}")
        cell.extend(part for part in heat_text(setting, metric) if isinstance(part, Element))
    cell.set("class", " ".join(classes))
    return cell


def heat_text(setting: Setting, metric: str) -> list[Node]:
    """Return what stands in a cell: median, interval, and why there is none or how sure."""
    estimate = setting.estimates.get(metric)
    if estimate is None or estimate.median is None:
        return [element("b", "–"), element("span", setting.why_unranked or "not measured")]
    scale = metric_of(metric).shown.scale
    parts: list[Node] = [
        element("b", exact(figure(estimate.median * scale), estimate.median, data_metric=metric))
    ]
    if not setting.ranked:
        return [*parts, element("span", setting.why_unranked)]
    if estimate.low is None or estimate.high is None:
        return [*parts, element("span", estimate.note)]
    parts.append(
        element("span", f"{figure(estimate.low * scale)} to {figure(estimate.high * scale)}")
    )
    sure = setting.probability_best.get(metric)
    return [*parts, element("span", f"P(best) {probability(sure)}") if sure is not None else None]


def step(value: float, best: float) -> int:
    """Return the step of the ramp, the last for the best of the posterior.

    >>> step(10.0, 10.0), step(10.0 / 8, 10.0), step(0.1, 10.0)
    (9, 0, 0)
    """
    behind = abs(math.log(value / best)) / math.log(DARKEST)
    return round((len(RAMP) - 1) * (1 - min(behind, 1.0)))


def colour_key() -> Element:
    """Return what the colours mean."""
    return element(
        "p",
        element("span", f"{DARKEST:g} times behind or more"),
        *(element("i", class_=f"h{number}") for number in range(len(RAMP))),
        element("span", "the best of its own posterior"),
        element("i", class_="out"),
        element("span", "not ranked"),
        class_="key",
    )
