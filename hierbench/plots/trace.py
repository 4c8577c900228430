"""Traces and marginal densities of the scalar estimands; knows no groups."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from hierbench.dataset import Dataset
from hierbench.plots.draws import (
    Floats,
    density,
    diverging,
    finite,
    scalars,
    trouble,
)
from hierbench.plots.sheet import BLACK, GREY, PALETTE, legend, say, sheet

__all__ = ["chain_handles", "trace_figure"]


def trace_figure(tree: xr.DataTree, dataset: Dataset, names: Sequence[str]) -> Figure:
    """Return one row per scalar estimand: its density and its trace, a colour per chain."""
    draws, bad = scalars(tree, names), diverging(tree)
    title = f"Traces of {dataset.name}"
    figure, panels = sheet(
        title, dataset.scaling, widths=(3.0, 6.0), heights=(1.1,) * len(draws), gaps=(0.55, 0.45)
    )
    truth = {name: value for name, value in (dataset.truth or {}).items() if np.size(value) == 1}
    for (left, right), (name, values) in zip(panels, draws.items(), strict=True):
        left.set_title(name, loc="left", fontsize=9, fontweight="bold", pad=3)
        draw_densities(left, values, bad)
        draw_traces(right, values, bad)
        if name in truth:
            left.axvline(np.asarray(truth[name]).item(), color=BLACK, linewidth=1, linestyle="--")
    for right in panels[:-1, 1]:
        right.set_xticks([])
    panels[-1, 0].set_xlabel("value", fontsize=8.5)
    panels[-1, 1].set_xlabel("draw", fontsize=8.5)
    handles = chain_handles(len(bad))
    if truth.keys() & draws.keys():
        handles.append(Line2D([], [], color=BLACK, linewidth=1, linestyle="--", label="truth"))
    label = f"diverging: {bad.sum():,} of {bad.size:,}"
    mark: dict[str, Any] = {"color": BLACK, "marker": "|", "linestyle": "", "markersize": 7}
    legend(figure, [*handles, Line2D([], [], label=label, **mark)])
    return figure


def chain_handles(chains: int) -> list[Line2D]:
    """Return the legend's lines, one per chain; none when the colours repeat."""
    if chains > len(PALETTE):
        return []
    return [
        Line2D([], [], color=PALETTE[chain], linewidth=2, label=f"chain {chain}")
        for chain in range(chains)
    ]


def draw_densities(panel: Axes, values: Floats, bad: NDArray[np.bool_]) -> None:
    """Draw one density per chain, and ticks where draws diverged."""
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    reason = trouble(values)
    if reason:
        panel.set_xticks([])
        say(panel, reason)
        return
    for chain, draws in enumerate(values):
        panel.plot(*density(draws), color=PALETTE[chain % len(PALETTE)], linewidth=1.2)
    panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.set_ylim(bottom=0)
    low, high = panel.get_ylim()
    panel.set_ylim(low - 0.14 * (high - low), high)
    rug(panel, finite(values[bad]))


def draw_traces(panel: Axes, values: Floats, bad: NDArray[np.bool_]) -> None:
    """Draw one trace per chain, and ticks at draws that diverged in any chain."""
    width = 0.45 if values.shape[1] > 300 else 0.9
    for chain, draws in enumerate(values):
        colour = PALETTE[chain % len(PALETTE)]
        panel.plot(draws, color=colour, linewidth=width, alpha=0.75)
    panel.margins(x=0.01)
    panel.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    low, high = panel.get_ylim()
    panel.set_ylim(low - 0.1 * (high - low), high)
    panel.grid(axis="y", color=GREY, alpha=0.15, linewidth=0.6)
    rug(panel, np.flatnonzero(bad.any(axis=0)).astype(float))


def rug(panel: Axes, positions: Floats) -> None:
    """Draw ticks at `positions` along the panel's bottom."""
    panel.plot(
        positions,
        np.full(positions.size, 0.05),
        transform=panel.get_xaxis_transform(),
        color=BLACK,
        marker="|",
        linestyle="",
        markersize=5,
        markeredgewidth=0.6,
        scalex=False,
        scaley=False,
    )
