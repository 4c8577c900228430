"""Intervals of alpha and beta, a line per group; knows no sampler."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from hierbench.plots.draws import Floats, finite, grouped, hyperparameters, interval, mean, units
from hierbench.plots.sheet import BLACK, BLUE, GREY, VERMILLION, legend, plain, sheet
from hierbench.records import Dataset

__all__ = ["forest_figure"]

MOST = 40
MEANING = {"alpha": "y at x = 0", "beta": "change of y per unit of x"}
ROW = 0.165  # inches per group
TRUTH: dict[str, Any] = {"linestyle": "", "marker": "x", "markersize": 4, "color": BLACK}


def forest_figure(tree: xr.DataTree, dataset: Dataset) -> Figure:
    """Return alpha and beta of the groups with most rows, sorted by alpha's mean."""
    sizes = dataset.group_sizes
    shown = np.sort(np.argsort(-sizes, kind="stable")[:MOST])
    alpha = grouped(tree, "alpha", shown)
    shown = shown[np.argsort([mean(draws) for draws in alpha.T], kind="stable")]
    labels = [f"{plain(dataset.labels[group], 22)} ({sizes[group]:,})" for group in shown]
    figure, panels = sheet(
        title(dataset, len(shown)),
        f"Label: group (its rows). Sorted by alpha's mean.\n{units(dataset)}",
        widths=(3.9, 3.9),
        heights=(max(1.2, ROW * (len(shown) + 1)),),
        gaps=(0.25, 0.0),
        left=0.35 + 0.068 * max(len(label) for label in labels),
    )
    hyper = hyperparameters(tree)
    for panel, name in zip(panels[0], MEANING, strict=True):
        dress(panel, name, len(shown))
        draw_population(panel, hyper.get(f"mu_{name}"))
        draw_intervals(panel, grouped(tree, name, shown))
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


def title(dataset: Dataset, shown: int) -> str:
    """Return the plot's title; says when groups are left out."""
    total = len(dataset.labels)
    if shown == total:
        return f"alpha and beta of the {total} groups of {dataset.name}"
    return f"alpha and beta of {dataset.name}: the {shown} of {total} groups with most rows"


def draw_intervals(panel: Axes, draws: Floats) -> None:
    """Draw mean, 50 % and 89 % interval of each column."""
    places = np.arange(draws.shape[1])
    for prob, width in ((0.89, 1.1), (0.5, 3.2)):
        low, high = np.array([interval(column, prob) for column in draws.T]).T
        panel.hlines(places, low, high, color=BLUE, linewidth=width)
    panel.plot(
        [mean(column) for column in draws.T],
        places,
        linestyle="",
        marker="o",
        markersize=4,
        color="white",
        markeredgecolor=BLUE,
        markeredgewidth=1,
    )


def draw_population(panel: Axes, draws: Floats | None) -> None:
    """Draw the population's mean as a line with its 89 % interval."""
    if draws is not None and finite(draws).size:
        panel.axvspan(*interval(draws, 0.89), color=VERMILLION, alpha=0.13, linewidth=0)
        panel.axvline(mean(draws), color=VERMILLION, linewidth=1.2, linestyle="--")


def draw_truth(panel: Axes, dataset: Dataset, name: str, shown: NDArray[np.int64]) -> None:
    """Mark the known values, of simulated data."""
    truth = dataset.truth or {}
    if name in truth:
        known = np.asarray(truth[name], dtype=float)[shown]
        panel.plot(known, np.arange(len(shown)), **TRUTH)


def handles(dataset: Dataset) -> Sequence[Line2D]:
    """Return the legend's entries."""
    dot: dict[str, Any] = {"marker": "o", "markersize": 4, "markerfacecolor": "white"}
    entries = [
        Line2D([], [], color=BLUE, linewidth=1.1, label="mean and 89 %", **dot),
        Line2D([], [], color=BLUE, linewidth=3.2, label="50 %"),
        Line2D([], [], color=VERMILLION, linestyle="--", label="mu_alpha, mu_beta and 89 %"),
    ]
    if {"alpha", "beta"} & (dataset.truth or {}).keys():
        entries.append(Line2D([], [], label="truth", **TRUTH))
    return entries
