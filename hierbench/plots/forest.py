"""Intervals of every estimand that has entries, a line for each; knows no sampler."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes as PlotAxes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from hierbench.dataset import Dataset
from hierbench.plots.draws import Floats, entries, interval, mean
from hierbench.plots.sheet import BLACK, BLUE, GREY, legend, plain, sheet
from hierbench.records import Axes

__all__ = [
    "MOST",
    "ROW",
    "TRUTH",
    "draw_intervals",
    "draw_truth",
    "forest_figure",
    "interval_lines",
    "truth_line",
]

MOST = 40
ROW = 0.165  # inches per entry
TRUTH: dict[str, Any] = {"linestyle": "", "marker": "x", "markersize": 4, "color": BLACK}


def forest_figure(
    tree: xr.DataTree, dataset: Dataset, axes: Axes, names: Sequence[str]
) -> Figure | None:
    """Return a panel for each of the `names` that has entries; None where none has.

    Entries are sorted by their mean; of more than `MOST` those at even steps are shown.
    """
    posterior = tree["posterior"].to_dataset()
    shown = [name for name in names if name in posterior and posterior[name].ndim > 2]
    if not shown:
        return None
    draws = {name: entries(tree, name) for name in shown}
    order = {name: chosen(of) for name, of in draws.items()}
    rows = max(len(places) for places in order.values())
    figure, panels = sheet(
        f"Estimands of {dataset.name}",
        dataset.scaling or "Mean, 50 % and 89 % interval of every entry, sorted by its mean.",
        widths=(3.9,) * len(shown),
        heights=(max(1.2, ROW * (rows + 1)),),
        gaps=(1.9, 0.0),
        left=1.9,
    )
    for panel, name in zip(panels[0], shown, strict=True):
        places = order[name]
        labels = axes.names(name, posterior[name].shape[2:])
        panel.set_title(name, loc="left", fontsize=9, fontweight="bold", pad=3)
        panel.set_ylim(-0.8, rows - 0.2)
        panel.grid(axis="x", color=GREY, alpha=0.15, linewidth=0.6)
        draw_intervals(panel, draws[name][:, places])
        draw_truth(panel, dataset, name, places)
        ticks = [plain(labels[place], 26) for place in places]
        panel.set_yticks(range(len(ticks)), ticks, fontsize=7.5)
    legend(figure, [*interval_lines(), *truth_line(dataset, shown)])
    return figure


def chosen(draws: Floats) -> NDArray[np.int64]:
    """Return the places of the entries to show, dims (entry,), by their mean."""
    order = np.argsort([mean(column) for column in draws.T], kind="stable")
    steps = np.linspace(0, len(order) - 1, min(MOST, len(order))).round().astype(int)
    return np.asarray(order[steps])


def draw_intervals(panel: PlotAxes, draws: Floats) -> None:
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


def draw_truth(panel: PlotAxes, dataset: Dataset, name: str, shown: NDArray[np.int64]) -> None:
    """Mark the known values, of simulated data."""
    truth = dataset.truth or {}
    if name in truth:
        known = np.asarray(truth[name], dtype=float).ravel()[shown]
        panel.plot(known, np.arange(len(shown)), **TRUTH)


def interval_lines() -> list[Line2D]:
    """Return the legend's entries of `draw_intervals`."""
    dot: dict[str, Any] = {"marker": "o", "markersize": 4, "markerfacecolor": "white"}
    return [
        Line2D([], [], color=BLUE, linewidth=1.1, label="mean and 89 %", **dot),
        Line2D([], [], color=BLUE, linewidth=3.2, label="50 %"),
    ]


def truth_line(dataset: Dataset, names: Sequence[str]) -> list[Line2D]:
    """Return the legend's entry of the truth, none where it is not known."""
    known = set(names) & (dataset.truth or {}).keys()
    return [Line2D([], [], label="truth", **TRUTH)] if known else []
