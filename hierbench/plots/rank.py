"""Rank plot of the scalar estimands: each chain's ECDF against all chains'; knows no groups."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from hierbench.dataset import Dataset
from hierbench.plots.draws import Floats, finite, scalars, trouble
from hierbench.plots.sheet import GREY, PALETTE, legend, say, sheet
from hierbench.plots.trace import chain_handles

__all__ = ["ecdf_differences", "ks_band", "rank_figure"]

POINTS = 200
NOTE = (
    "A line outside the band: its chain is elsewhere than the others, or mixes slowly "
    "(the band is for independent draws)."
)


def rank_figure(tree: xr.DataTree, dataset: Dataset, names: Sequence[str]) -> Figure:
    """Return one panel per scalar estimand, one line per chain around 0."""
    draws = scalars(tree, names)
    chains, length = next(iter(draws.values())).shape
    columns = 2 if len(draws) == 4 else min(3, len(draws))
    figure, panels = sheet(
        f"Ranks of {dataset.name}",
        f"{NOTE}\n{dataset.scaling}",
        widths=(8.7 / columns,) * columns,
        heights=(1.55,) * math.ceil(len(draws) / columns),
        gaps=(0.25, 0.5),
        shared=True,
    )
    band = ks_band(chains, length)
    for panel, (name, values) in zip(panels.flat, draws.items(), strict=False):
        panel.set_title(name, loc="left", fontsize=9, fontweight="bold", pad=3)
        draw_ranks(panel, values, band)
    low, high = panels[0, 0].get_ylim()
    panels[0, 0].set_ylim(min(low, -1.3 * band), max(high, 1.3 * band))
    label_axes(panels, len(draws))
    grey = Patch(color=GREY, alpha=0.2, linewidth=0, label="95 % band")
    legend(figure, [*chain_handles(chains), grey])
    return figure


def label_axes(panels: NDArray[Any], shown: int) -> None:
    """Name the outer axes, and hide the panels left over."""
    for place, panel in enumerate(panels.flat):
        panel.set_visible(place < shown)
        if shown - panels.shape[1] <= place < shown:
            panel.set_xlabel("fractional rank", fontsize=8.5)
            panel.tick_params(labelbottom=True)
    for panel in panels[:, 0]:
        panel.set_ylabel("ECDF difference", fontsize=8.5)


def draw_ranks(panel: Axes, values: Floats, band: float) -> None:
    """Draw one chain's difference from the pool per line, over the band."""
    panel.set_xlim(0, 1)
    panel.set_xticks((0, 0.5, 1), ("0", "½", "1"))
    panel.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel.axhspan(-band, band, color=GREY, alpha=0.15, linewidth=0)
    reason = "one chain: nothing to compare with" if len(values) < 2 else trouble(values)
    if reason:
        say(panel, reason)
        return
    panel.axhline(0, color=GREY, linewidth=0.6)
    ranks, differences = ecdf_differences(values)
    for chain, difference in enumerate(differences):
        colour = PALETTE[chain % len(PALETTE)]
        panel.plot(ranks, difference, color=colour, linewidth=1.1, drawstyle="steps-post")


def ecdf_differences(values: Floats) -> tuple[Floats, Floats]:
    """Return fractional ranks (point,) and each chain's ECDF minus the pool's (chain, point).

    Non-finite draws are left out; a chain without a finite draw is NaN. Ties share one rank.
    """
    pool = np.sort(finite(values))
    cuts = np.unique(pool[np.linspace(0, pool.size - 1, POINTS).astype(int)])
    ranks = np.searchsorted(pool, cuts, side="right") / pool.size
    differences = np.full((len(values), cuts.size), np.nan)
    for chain, draws in enumerate(values):
        usable = np.sort(finite(draws))
        if usable.size:
            differences[chain] = np.searchsorted(usable, cuts, side="right") / usable.size - ranks
    return ranks, differences


def ks_band(chains: int, draws: int, prob: float = 0.95) -> float:
    """Return the half width that independent draws keep to, all chains at once; 0 for one chain.

    Kolmogorov and Smirnov's two-sample bound, chain against all others, in its asymptotic form
    (Smirnov 1948, Annals of Mathematical Statistics 19:279), Bonferroni over chains.

    >>> round(ks_band(4, 1000), 4)
    0.0436
    """
    critical = math.sqrt(-0.5 * math.log((1 - prob) / chains / 2))
    return critical * math.sqrt((chains - 1) / (chains * draws))
