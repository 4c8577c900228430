"""Where divergences sit: each scale against an effect that it governs, on the funnel's own axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes as PlotAxes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from hierbench.dataset import Dataset
from hierbench.plots.draws import Floats, diverging, usable
from hierbench.plots.necks import panels_of
from hierbench.plots.sheet import BLUE, VERMILLION, legend, plain, say, sheet
from hierbench.records import Arrays, Axes, Neck

__all__ = ["pairs_figure"]

NOTE_WIDTH = 7.2  # inches that the note above the panels takes
DOT: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgewidth": 0}


def pairs_figure(
    tree: xr.DataTree, dataset: Dataset, axes: Axes, necks: Sequence[Neck], worst: Sequence[str]
) -> Figure | None:
    """Return log scale against effect, divergent draws on top; None where there is no neck.

    Parameters
    ----------
    worst : sequence of str
        Names such as ``theta[A]``: the entries to show.
    """
    shown = panels_of(arrays_of(tree), axes, necks, worst)
    if not shown:
        return None
    bad = diverging(tree).ravel()
    figure, panels = sheet(
        f"Divergences of {dataset.name}",
        "Divergences crowded at the bottom: the sampler cannot enter the neck of a funnel; "
        "spread as the draws are: look elsewhere.",
        widths=(max(3.6, NOTE_WIDTH / len(shown)),) * len(shown),
        heights=(3.0,),
        gaps=(0.65, 0.5),
    )
    for panel, of in zip(panels.flat, shown, strict=True):
        draw_pair(panel, of.effect, of.log_scale, bad)
        panel.set_xlabel(of.x, fontsize=9)
        panel.set_ylabel(of.y, fontsize=9)
        panel.set_title(plain(of.entry, 26), loc="left", fontsize=9, fontweight="bold", pad=4)
    legend(figure, handles(bad))
    return figure


def arrays_of(tree: xr.DataTree) -> Arrays:
    """Return the draws of every variable, dims (chain, draw, *dims); unusable ones NaN."""
    return {
        str(name): usable(draws.transpose("chain", "draw", ...))
        for name, draws in tree["posterior"].to_dataset().data_vars.items()
    }


def draw_pair(panel: PlotAxes, effect: Floats, logs: Floats, bad: NDArray[np.bool_]) -> None:
    """Draw the effect and the log of its scale, each dims (draw,), and which draws diverged."""
    known = np.isfinite(effect) & np.isfinite(logs)
    if not known.any():
        say(panel, "no finite draws")
        return
    good = known & ~bad
    panel.plot(effect[good], logs[good], color=BLUE, alpha=0.25, markersize=3, **DOT)
    panel.plot(
        effect[known & bad], logs[known & bad], color=VERMILLION, alpha=0.8, markersize=4, **DOT
    )
    panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))


def handles(bad: NDArray[np.bool_]) -> list[Line2D]:
    """Return the legend's entries, with the divergences counted."""
    count = f"diverging: {bad.sum():,} of {bad.size:,}"
    return [
        Line2D([], [], color=VERMILLION, markersize=5, label=count, **DOT),
        Line2D([], [], color=BLUE, markersize=5, alpha=0.5, label="other draws", **DOT),
    ]
