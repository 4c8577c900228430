"""Intervals of alpha and beta, a line per group; knows no sampler."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hierbench.models.homes.rows import Rows
from hierbench.plots.draws import Floats, entries, finite, interval, mean, scalars
from hierbench.plots.forest import MOST, ROW, draw_intervals, draw_truth, interval_lines, truth_line
from hierbench.plots.sheet import GREY, VERMILLION, legend, plain, sheet

__all__ = ["forest_figure"]

MEANING = {"alpha": "y at x = 0", "beta": "change of y per unit of x"}


def forest_figure(tree: xr.DataTree, dataset: Rows) -> Figure:
    """Return alpha and beta of the groups with most rows, sorted by alpha's mean."""
    sizes = dataset.group_sizes
    shown = np.sort(np.argsort(-sizes, kind="stable")[:MOST])
    alpha = entries(tree, "alpha", shown)
    shown = shown[np.argsort([mean(draws) for draws in alpha.T], kind="stable")]
    labels = [f"{plain(dataset.labels[group], 22)} ({sizes[group]:,})" for group in shown]
    figure, panels = sheet(
        title(dataset, len(shown)),
        f"Label: group (its rows). Sorted by alpha's mean.\n{dataset.scaling}",
        widths=(3.9, 3.9),
        heights=(max(1.2, ROW * (len(shown) + 1)),),
        gaps=(0.25, 0.0),
        left=0.35 + 0.068 * max(len(label) for label in labels),
    )
    hyper = scalars(tree, ("mu_alpha", "mu_beta"))
    for panel, name in zip(panels[0], MEANING, strict=True):
        dress(panel, name, len(shown))
        draw_population(panel, hyper.get(f"mu_{name}"))
        draw_intervals(panel, entries(tree, name, shown))
        draw_truth(panel, dataset, name, shown)
    panels[0, 0].set_yticks(range(len(labels)), labels, fontsize=7.5)
    panels[0, 1].set_yticks([])
    legend(figure, handles(dataset))
    return figure


def dress(panel: Axes, name: str, rows: int) -> None:
    """Name a panel and its axis, and leave room for its rows."""
    panel.set_title(name, loc="left", fontsize=9, fontweight="bold", pad=3)
    panel.set_xlabel(MEANING[name], fontsize=8.5)
    panel.set_ylim(-0.8, rows - 0.2)
    panel.grid(axis="x", color=GREY, alpha=0.15, linewidth=0.6)


def title(dataset: Rows, shown: int) -> str:
    """Return the plot's title; says when groups are left out."""
    total = len(dataset.labels)
    if shown == total:
        return f"alpha and beta of the {total} groups of {dataset.name}"
    return f"alpha and beta of {dataset.name}: the {shown} of {total} groups with most rows"


def draw_population(panel: Axes, draws: Floats | None) -> None:
    """Draw the population's mean as a line with its 89 % interval."""
    if draws is not None and finite(draws).size:
        panel.axvspan(*interval(draws, 0.89), color=VERMILLION, alpha=0.13, linewidth=0)
        panel.axvline(mean(draws), color=VERMILLION, linewidth=1.2, linestyle="--")


def handles(dataset: Rows) -> Sequence[Line2D]:
    """Return the legend's entries."""
    population = Line2D(
        [], [], color=VERMILLION, linestyle="--", label="mu_alpha, mu_beta and 89 %"
    )
    return [*interval_lines(), population, *truth_line(dataset, ("alpha", "beta"))]
