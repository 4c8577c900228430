"""Where divergences sit: each scale against an effect that it governs, on the funnel's own axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from hierbench.plots.draws import Floats, diverging, grouped, hyperparameters
from hierbench.plots.sheet import BLUE, MINUS, VERMILLION, legend, plain, say, sheet
from hierbench.records import Dataset

__all__ = ["pairs_figure", "worst_group"]

EFFECTS = ("alpha", "beta")
DOT: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgewidth": 0}


def pairs_figure(tree: xr.DataTree, dataset: Dataset, worst: Sequence[str]) -> Figure:
    """Return log scale against the effect of the worst-mixing group, divergent draws on top.

    One panel for the intercepts and one for the slopes; where sigma is per group, one more for
    the group whose sigma comes closest to 0.

    Parameters
    ----------
    worst : sequence of str
        Names such as ``alpha[95608]``: the parameters of the groups to show.
    """
    bad, hyper = diverging(tree).ravel(), hyperparameters(tree)
    effects = {
        name: (worst_group(name, dataset, worst), grouped(tree, name) - centre(hyper, name))
        for name in EFFECTS
    }
    sigma = None if "sigma" in hyper else grouped(tree, "sigma")
    figure, panels = sheet(
        f"Divergences of {dataset.name}",
        "Divergences crowded at the bottom: the sampler cannot enter the neck of a funnel; "
        "spread as the draws are: look elsewhere.",
        widths=(3.6,) * (2 if sigma is None else 3),
        heights=(3.0,),
        gaps=(0.65, 0.5),
    )
    for panel, (name, (group, values)) in zip(panels.flat, effects.items(), strict=False):
        scale = hyper[f"sigma_{name}"].ravel()
        draw_pair(panel, values[:, group], scale, bad)
        label(panel, dataset, f"{name} {MINUS} mu_{name}", group, f"log sigma_{name}")
    if sigma is not None:
        group = closest_to_zero(sigma)
        draw_pair(panels[0, -1], effects["alpha"][1][:, group], sigma[:, group], bad)
        label(panels[0, -1], dataset, f"alpha {MINUS} mu_alpha", group, "log sigma of the group")
    legend(figure, handles(bad))
    return figure


def worst_group(effect: str, dataset: Dataset, worst: Sequence[str]) -> int:
    """Return the index of the group that `worst` names for `effect`, else the smallest group's."""
    named = {name[len(effect) + 1 : -1] for name in worst if name.startswith(f"{effect}[")}
    for group, text in enumerate(dataset.labels):
        if text in named:
            return group
    return int(np.argmin(dataset.group_sizes))


def centre(hyper: dict[str, Floats], effect: str) -> Floats:
    """Return the draws of the effect's population mean, dims (draw, 1)."""
    return hyper[f"mu_{effect}"].reshape(-1, 1)


def closest_to_zero(sigma: Floats) -> int:
    """Return the group with the smallest usable draw of `sigma`, dims (draw, group)."""
    return int(np.argmin(np.where(np.isnan(sigma), np.inf, sigma).min(axis=0)))


def draw_pair(panel: Axes, effect: Floats, scale: Floats, bad: NDArray[np.bool_]) -> None:
    """Draw the effect and the log of its scale, each dims (draw,), and which draws diverged."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(scale)
    usable = np.isfinite(effect) & np.isfinite(logs)
    if not usable.any():
        say(panel, "no finite draws")
        return
    good = usable & ~bad
    panel.plot(effect[good], logs[good], color=BLUE, alpha=0.25, markersize=3, **DOT)
    panel.plot(
        effect[usable & bad], logs[usable & bad], color=VERMILLION, alpha=0.8, markersize=4, **DOT
    )
    panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))


def label(panel: Axes, dataset: Dataset, x: str, group: int, y: str) -> None:
    """Name the axes, and the group in the title."""
    panel.set_xlabel(x, fontsize=9)
    panel.set_ylabel(y, fontsize=9)
    title = f"group {plain(dataset.labels[group], 26)}"
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold", pad=4)


def handles(bad: NDArray[np.bool_]) -> list[Line2D]:
    """Return the legend's entries, with the divergences counted."""
    count = f"diverging: {bad.sum():,} of {bad.size:,}"
    return [
        Line2D([], [], color=VERMILLION, markersize=5, label=count, **DOT),
        Line2D([], [], color=BLUE, markersize=5, alpha=0.5, label="other draws", **DOT),
    ]
