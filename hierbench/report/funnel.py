"""The worst cell's funnel: which cell, its draws read with care, and where divergences sit."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
from matplotlib.axes import Axes as PlotAxes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hierbench.datatree import axes_of, read_untrusted
from hierbench.models import MODELS
from hierbench.plots.necks import panels_of
from hierbench.plots.sheet import plain
from hierbench.records import Arrays, Axes, Neck, RunStatus
from hierbench.report.charts import BAD, INK, SOFT, drawing, dressed
from hierbench.tracking import Store
from hierbench.tracking.recorded import recorded_posterior

__all__ = ["Funnel", "funnel_of", "worst_cell"]

QUANTILE = "divergence_quantile."
MOST_POINTS = 1500
LEFT_INCHES = 0.72  # the tick labels and the axis label beside them
"""Of each kind in a panel: divergent draws, and the others."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """What the report shows of the worst cell.

    Attributes
    ----------
    drawing : Element or None
        None where the draws could not be read.
    why_not : str
        The reason, as a sentence; empty where there is a drawing.
    """

    drawing: Element | None
    why_not: str = ""


def worst_cell(cells: pd.DataFrame) -> Mapping[str, Any] | None:
    """Return the finished cell with the largest r_hat_max; one that has none is worse than any."""
    finished = cells[cells["status"] == RunStatus.FINISHED.value]
    if finished.empty:
        return None
    r_hat = finished.get("r_hat_max", pd.Series(np.nan, index=finished.index))
    place = int(np.argmax(r_hat.fillna(np.inf).to_numpy(dtype=np.float64)))
    return {str(key): value for key, value in finished.iloc[place].items()}


def funnel_of(cell: Mapping[str, Any], store: Store | None) -> Funnel:
    """Return the funnel of a cell, or why there is none."""
    run_id = str(cell["run_id"])
    if store is None or not run_id:
        return Funnel(None, "Its draws were not read: no store was given.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = recorded_posterior(store, run_id, Path(folder))
            posterior, sample_stats = read_untrusted(path)
            axes = axes_of(path)
        necks = necks_of(cell, posterior)
        drawn = funnel_drawing(posterior, sample_stats, axes, necks, str(cell["worst"]))
        return Funnel(drawn, "" if drawn is not None else "Its model has no neck.")
    except Exception as error:  # whatever a damaged file makes its readers raise
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        return Funnel(None, f"Its draws could not be read: {first}.")


def necks_of(cell: Mapping[str, Any], posterior: Arrays) -> Sequence[Neck]:
    """Return the necks of a cell's model; of a user's, those that its metrics name.

    A user's model is not opened for a drawing, so its effects are the first variable of several
    entries.
    """
    shipped = MODELS.get(str(cell["model"]))
    if shipped is not None:
        return shipped.necks
    metrics = (key for key, value in cell.items() if key.startswith(QUANTILE) and pd.notna(value))
    names = (key.removeprefix(QUANTILE) for key in metrics)
    effects = next((name for name, draws in posterior.items() if draws.ndim > 2), "")
    return [Neck(name, effects, "") for name in names if name in posterior]


def funnel_drawing(
    posterior: Arrays, sample_stats: Arrays, axes: Axes, necks: Sequence[Neck], worst: str
) -> Element | None:
    """Return log scale against effect, divergent draws on top; None where there is no neck."""
    diverging = np.asarray(sample_stats["diverging"], dtype=bool).ravel()
    panels = panels_of(posterior, axes, necks, (worst,))
    if not panels:
        return None
    wide = 3.3 * len(panels) + 0.5
    figure = Figure(figsize=(wide, 3.7))
    shown = np.atleast_1d(figure.subplots(1, len(panels)))
    figure.subplots_adjust(left=LEFT_INCHES / wide, right=0.985, top=0.9, bottom=0.14, wspace=0.28)
    left_out = 0
    for axis, panel in zip(shown, panels, strict=True):
        left_out += draw_points(dressed(axis), panel.effect, panel.log_scale, diverging)
        title = {"loc": "left", "fontsize": 10, "fontweight": "bold", "color": INK}
        axis.set_title(plain(panel.entry, 26), **title)
        axis.set_xlabel(panel.x, fontsize=9)
        axis.set_ylabel(panel.y, fontsize=9)
    caption = caption_of(int(diverging.sum()), diverging.size)
    if left_out:
        caption += f" {left_out:,} of {len(panels) * diverging.size:,} points are not drawn."
    label = "Divergent draws in the funnel of the worst cell"
    return drawing(figure, "funnel", label, caption)


def caption_of(diverged: int, draws: int) -> str:
    """Return what the points are, and how to read those that diverged."""
    if not diverged:
        return f"Dots: draws. None of {draws:,} diverged."
    return (
        f"Dots: draws. Crosses: the {diverged:,} draws of {draws:,} that diverged. Crowded at the "
        "bottom, the sampler cannot enter the neck of a funnel; spread as the draws are, look "
        "elsewhere."
    )


def draw_points(panel: PlotAxes, effect: Floats, scale: Floats, bad: NDArray[np.bool_]) -> int:
    """Draw the draws and, on top, those that diverged; return how many were left out."""
    usable = np.isfinite(effect) & np.isfinite(scale)
    left_out = 0
    dot: dict[str, Any] = {"linestyle": "", "markeredgewidth": 0}
    cross: dict[str, Any] = {"linestyle": "", "markeredgewidth": 1.2}
    for chosen, marker, size, colour, see, how in (
        (usable & ~bad, "o", 3, SOFT, 0.35, dot),
        (usable & bad, "x", 5, BAD, 0.9, cross),
    ):
        places = np.flatnonzero(chosen)
        kept = places[np.linspace(0, places.size - 1, min(places.size, MOST_POINTS)).astype(int)]
        left_out += places.size - kept.size
        panel.plot(
            effect[kept],
            scale[kept],
            marker=marker,
            markersize=size,
            color=colour,
            alpha=see,
            **how,
        )
    return left_out
