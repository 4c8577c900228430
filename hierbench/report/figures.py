"""Intervals of settings and spreads of cells as drawings; knows comparisons, no files."""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hierbench.comparison.results import Setting
from hierbench.comparison.text import heading_of, in_one_line
from hierbench.metrics import metric_of
from hierbench.models import Look
from hierbench.plots.sheet import plain
from hierbench.report.charts import (
    INK,
    LINE,
    SOFT,
    colour_of,
    drawing,
    dressed,
    marker_of,
)

__all__ = ["intervals", "spreads"]

WIDE = 10.4  # inches, of every drawing
ROW_INCHES = 0.27
MOST_POINTS = 900
"""In one panel of spreads; of more cells every k-th by size is drawn."""

FORM = "parameterization"
SPREADS = {"r_hat_max": "r_hat_max", "ess_bulk_min": "ess_bulk_min (draws)"}


def intervals(
    settings: Sequence[Setting],
    metrics: Sequence[str],
    name: str,
    looks: Mapping[str, Look],
    *,
    explained: bool = True,
) -> Element:
    """Return the settings of one posterior, a row each, with their 90 % intervals."""
    names = [setting.name for setting in settings]
    high = 0.75 + ROW_INCHES * len(settings)
    figure = Figure(figsize=(WIDE, high))
    panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    left = min(0.25 + 0.075 * max(map(len, names)), 4.0) / WIDE
    figure.subplots_adjust(
        left=left, right=0.985, top=1 - 0.35 / high, bottom=0.3 / high, wspace=0.08
    )
    for panel, metric in zip(panels, metrics, strict=True):
        title = in_one_line(heading_of(metric))
        dressed(panel).set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK)
        panel.grid(axis="y", color=LINE, linewidth=0.6)
        panel.set_axisbelow(True)
        for row, setting in enumerate(settings):
            draw_estimate(panel, setting, metric, row, looks)
        panel.set_xlim(left=0)
        panel.tick_params(axis="y", length=0)
    panels[0].set_yticks(range(len(settings)), [plain(text, 44) for text in names])
    panels[0].tick_params(axis="y", labelcolor=INK)
    panels[0].set_ylim(len(settings) - 0.5, -0.5)
    label = f"Medians with 90 % intervals of {len(settings)} settings"
    caption = (
        "Filled: median over seeds, with the 90 % interval for a typical seed. Hollow: there is no "
        "interval, the table says why. Grey cross: a setting that is not ranked."
    )
    return drawing(figure, name, label, caption if explained else "")


def draw_estimate(
    panel: Axes, setting: Setting, metric: str, row: int, looks: Mapping[str, Look]
) -> None:
    """Draw one row: interval and median of a ranked setting, else the median as a cross."""
    estimate, scale = setting.estimates.get(metric), metric_of(metric).shown.scale
    if estimate is None or estimate.median is None:
        return
    form = setting.axes.get(FORM, "")
    if not setting.ranked:
        panel.plot(estimate.median * scale, row, "x", color=SOFT, markersize=6, clip_on=False)
        return
    dot: dict[str, Any] = {
        "color": colour_of(form, looks),
        "linewidth": 2,
        "solid_capstyle": "butt",
    }
    if estimate.low is not None and estimate.high is not None:
        panel.plot([estimate.low * scale, estimate.high * scale], [row, row], **dot)
    filled = colour_of(form, looks) if estimate.has_interval else "none"
    dot |= {"markersize": 6.5, "markerfacecolor": filled, "markeredgewidth": 1.2}
    panel.plot(estimate.median * scale, row, marker_of(form, looks), clip_on=False, **dot)


def spreads(
    cells: pd.DataFrame, name: str, r_hat_most: float | None, looks: Mapping[str, Look]
) -> Element:
    """Return r_hat_max and ess_bulk_min of the finished cells, a row for each form."""
    forms = [form for form in dict.fromkeys(cells[FORM].tolist()) if form]
    high = 1.0 + 0.5 * max(len(forms), 1)
    figure = Figure(figsize=(WIDE, high))
    panels = figure.subplots(1, len(SPREADS), sharey=True, squeeze=False)[0]
    figure.subplots_adjust(
        left=0.16, right=0.985, top=1 - 0.35 / high, bottom=0.3 / high, wspace=0.08
    )
    left_out = 0
    for panel, (metric, title) in zip(panels, SPREADS.items(), strict=True):
        dressed(panel).set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK)
        panel.set_xscale("log")
        panel.tick_params(axis="y", length=0)
        for row, form in enumerate(forms):
            left_out += draw_spread(panel, cells.loc[cells[FORM] == form], metric, row, looks)
        plain_ticks(panel, metric)
    if r_hat_most:
        panels[0].axvline(excess(r_hat_most), color=SOFT, linewidth=1, linestyle="--")
    panels[0].set_yticks(range(len(forms)), [plain(form, 30) for form in forms])
    panels[0].set_ylim(len(forms) - 0.5, -0.5)
    panels[0].tick_params(axis="y", labelcolor=INK)
    caption = "One point per finished cell: filled, it passed the gate; hollow, it failed it."
    if r_hat_most:
        caption += f" Dashed: the gate's largest r_hat, {r_hat_most:g}."
    if left_out:
        caption += f" {left_out:,} points are not drawn: every k-th by size is, the ends too."
    return drawing(figure, name, "r_hat_max and ess_bulk_min of every cell, by form", caption)


def excess(r_hat: NDArray[np.float64] | float) -> Any:
    """Return how far r_hat is above 1, on whose logarithm bad and good both have room."""
    return np.maximum(np.asarray(r_hat) - 1, 1e-4)


def plain_ticks(panel: Axes, metric: str) -> None:
    """Label a logarithmic axis in the metric's own numbers."""
    low, high = panel.get_xlim()
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
    inside = [tick for tick in ticks if low <= tick <= high]
    every = max(1, len(inside) // 7)
    names = [f"{1 + t:.5g}" if metric == "r_hat_max" else f"{t:,.0f}" for t in inside]
    panel.set_xticks(inside[::every], names[::every])
    panel.minorticks_off()


def draw_spread(
    panel: Axes, cells: pd.DataFrame, metric: str, row: int, looks: Mapping[str, Look]
) -> int:
    """Draw a form's cells along a row; return how many were left out."""
    if metric not in cells:
        return 0
    form = str(cells[FORM].iloc[0])
    order = cells[cells[metric].notna()].sort_values(metric)
    every = math.ceil(len(order) / MOST_POINTS) if len(order) else 1
    kept = order.iloc[sorted({*range(0, len(order), every), max(len(order) - 1, 0)})]
    kept = kept if len(order) else order
    values = kept[metric].to_numpy(dtype=np.float64)
    along = excess(values) if metric == "r_hat_max" else values
    # Spread by the golden ratio: even, and the same at every drawing.
    across = row + 0.5 * ((np.arange(len(kept)) * 0.618034) % 1 - 0.5)
    passed = (kept["gate"] == "passed").to_numpy()
    dot: dict[str, Any] = {"linestyle": "", "marker": marker_of(form, looks), "markersize": 5}
    for chosen, paper in ((passed, colour_of(form, looks)), (~passed, "none")):
        panel.plot(
            along[chosen],
            across[chosen],
            markerfacecolor=paper,
            markeredgecolor=colour_of(form, looks),
            markeredgewidth=1,
            **dot,
        )
    return len(order) - len(kept)
