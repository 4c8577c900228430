"""Rows and posterior lines of chosen groups, in the user's own units; knows no sampler."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.special import ndtri

from hierbench.models.homes.rows import Rows
from hierbench.plots.draws import Floats, entries, mean, scalars
from hierbench.plots.sheet import BLUE, GREY, VERMILLION, legend, plain, say, sheet, thousands

__all__ = ["groups_figure"]

WIDTHS = {1: 6.0, 2: 4.2, 3: 3.1}  # inches, by panels in a row
PANELS = 24
LINES = 30
BAND = (0.055, 0.945)
POINTS = 41
POPULATION: dict[str, Any] = {"color": GREY, "linewidth": 1.1, "linestyle": "--"}


def groups_figure(tree: xr.DataTree, dataset: Rows, chosen: Sequence[int]) -> Figure:
    """Return one panel per group: its rows and line, the intervals of both, all groups' line."""
    shown = chosen[:PANELS]
    cut = f", the first {PANELS} of {len(chosen)} asked for" if len(chosen) > PANELS else ""
    columns = min(len(WIDTHS), len(shown))
    figure, panels = sheet(
        f"Groups of {dataset.name}{cut}",
        "Bands: 89 % intervals of the group's line (dark) and of its rows (light).",
        widths=(WIDTHS[columns],) * columns,
        heights=(2.7,) * math.ceil(len(shown) / columns),
        gaps=(0.25, 0.65),
        left=1.0,
        shared=True,
    )
    inside = np.isin(dataset.group, shown)
    grid = np.linspace(dataset.x[inside].min(), dataset.x[inside].max(), POINTS)
    alpha, beta = entries(tree, "alpha", shown), entries(tree, "beta", shown)
    sigma = entries(tree, "sigma")  # one column where the groups share it
    population = population_line(tree, grid)
    for place, (panel, group) in enumerate(zip(panels.flat, shown, strict=False)):
        panel.plot(dataset.original_x(grid), dataset.original_y(population), **POPULATION)
        draws = GroupDraws(alpha[:, place], beta[:, place], sigma[:, group % sigma.shape[1]])
        draw_lines(panel, dataset, grid, draws)
        draw_rows(panel, dataset, group)
    label_axes(panels, dataset, len(shown))
    legend(figure, handles())
    return figure


def population_line(tree: xr.DataTree, grid: Floats) -> Floats:
    """Return mu_alpha + mu_beta x at their means, dims (point,)."""
    hyper = scalars(tree, ("mu_alpha", "mu_beta"))
    return mean(hyper["mu_alpha"]) + mean(hyper["mu_beta"]) * grid


@dataclass(frozen=True)
class GroupDraws:
    """Draws of one group's line and of the sd of its rows about it, each dims (draw,)."""

    alpha: Floats
    beta: Floats
    sigma: Floats

    @property
    def finite(self) -> "GroupDraws":
        """Those that are finite."""
        usable = np.isfinite(self.alpha) & np.isfinite(self.beta) & np.isfinite(self.sigma)
        return GroupDraws(self.alpha[usable], self.beta[usable], self.sigma[usable])


def draw_lines(panel: Axes, dataset: Rows, grid: Floats, draws: GroupDraws) -> None:
    """Draw the mean line, its interval and its rows', and some draws."""
    draws = draws.finite
    if not draws.alpha.size:
        say(panel, "no finite draws")
        return
    x = dataset.original_x(grid)
    lines = draws.alpha[:, None] + draws.beta[:, None] * grid
    rows = lines + (draws.sigma * noise(len(lines)))[:, None]
    some = lines[np.linspace(0, len(lines) - 1, min(LINES, len(lines))).astype(int)]
    for values, alpha in ((rows, 0.09), (lines, 0.2)):
        low, high = dataset.original_y(np.quantile(values, BAND, axis=0))
        panel.fill_between(x, low, high, color=BLUE, alpha=alpha, linewidth=0)
    drawn = [np.column_stack((x, y)) for y in dataset.original_y(some)]
    panel.add_collection(LineCollection(drawn, colors=BLUE, linewidths=0.5, alpha=0.22, zorder=2))
    panel.plot(x, dataset.original_y(lines.mean(axis=0)), color=BLUE, linewidth=1.8)


def noise(draws: int) -> Floats:
    """Return as many standard Normal quantiles, evenly spaced, in an order of their own.

    One for each draw: a band of the rows smoother than random noise would give, and the same
    in every picture.
    """
    quantiles = ndtri((np.arange(draws) + 0.5) / draws)
    return np.random.default_rng(0).permutation(quantiles)


def draw_rows(panel: Axes, dataset: Rows, group: int) -> None:
    """Draw the group's rows, and say in the title how many they are."""
    rows = dataset.group == group
    x, y = dataset.original_x(dataset.x[rows]), dataset.original_y(dataset.y[rows])
    size, alpha = (16, 0.8) if x.size <= 100 else (9, 0.5)
    panel.scatter(x, y, s=size, color=VERMILLION, alpha=alpha, linewidths=0)
    count = "1 row" if x.size == 1 else f"{x.size:,} rows"
    title = f"{plain(dataset.labels[group], 26)}, {count}"
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold", pad=4)


def label_axes(panels: NDArray[Any], dataset: Rows, shown: int) -> None:
    """Name the outer axes, and hide the panels left over."""
    for place, panel in enumerate(panels.flat):
        panel.set_visible(place < shown)
        panel.xaxis.set_major_formatter(thousands)
        panel.yaxis.set_major_formatter(thousands)
        panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        panel.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        if shown - panels.shape[1] <= place < shown:
            panel.set_xlabel(plain(dataset.x_name, 40), fontsize=9)
            panel.tick_params(labelbottom=True)
    for panel in panels[:, 0]:
        panel.set_ylabel(plain(dataset.y_name, 36), fontsize=9)


def handles() -> list[Any]:
    """Return the legend's entries."""
    dot: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 5, "markeredgewidth": 0}
    return [
        Line2D([], [], color=VERMILLION, label="rows", **dot),
        Line2D([], [], color=BLUE, linewidth=1.8, label="mean line"),
        Patch(color=BLUE, alpha=0.3, linewidth=0, label="89 % interval of the line"),
        Patch(color=BLUE, alpha=0.12, linewidth=0, label="of a row"),
        Line2D([], [], color=BLUE, linewidth=0.7, alpha=0.5, label="draws"),
        Line2D([], [], label="all groups' mean line", **POPULATION),
    ]
