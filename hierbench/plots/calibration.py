"""Ranks of truths by form and estimand: their ECDF's distance from uniform, over its band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from hierbench.plots.sheet import BLUE, GREY, VERMILLION, legend, say, sheet

__all__ = ["RankLines", "calibration_figure"]

type Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1.35, 0.95  # inches, of a panel
NOTE = (
    "Share of ranks below each point, minus what uniform ranks give: outside the band, the "
    "posterior does not hold the truth as often as it says.\n"
    "Low on the left: truths lie above too many draws; high on the left: below too many. "
    "A variable with several entries has a line for each."
)


@dataclass(frozen=True)
class RankLines:
    """One panel: the lines of one variable of one form.

    Attributes
    ----------
    points : ndarray
        Dims (point,), 0 .. 1.
    differences : ndarray
        Dims (line, point): the ECDF of the ranks minus `points`.
    low, high : ndarray
        Dims (point,): the band, minus `points`.
    """

    points: Floats
    differences: Floats
    low: Floats
    high: Floats

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Whether each line leaves the band somewhere, dims (line,)."""
        rounding = 1e-9
        over = self.differences > self.high + rounding
        return np.asarray(np.any(over | (self.differences < self.low - rounding), axis=1))


def calibration_figure(
    title: str, rows: Mapping[str, Mapping[str, RankLines]], columns: Sequence[str], level: str
) -> Figure:
    """Return a panel per form, in rows, and variable, in columns; the lines outside in colour.

    Parameters
    ----------
    rows : mapping of str to mapping of str to RankLines
        By the form's name with its verdict, then by variable; one that a form lacks is empty.
    level : str
        What the band is called, such as "99 % band".
    """
    figure, panels = sheet(
        title,
        NOTE,
        widths=(WIDTH,) * len(columns),
        heights=(HEIGHT,) * len(rows),
        gaps=(0.12, 0.36),
        left=0.62,
        shared=True,
    )
    for line, (name, panels_of) in zip(panels, rows.items(), strict=True):
        line[0].set_title(name, loc="left", fontsize=9, fontweight="bold", pad=3)
        for panel, variable in zip(line, columns, strict=True):
            draw_lines(panel, panels_of.get(variable))
    for panel, variable in zip(panels[-1], columns, strict=True):
        panel.set_xlabel(variable, fontsize=8.5)
    legend(figure, handles(level))
    return figure


def draw_lines(panel: Axes, lines: RankLines | None) -> None:
    """Draw the lines of one panel over their band."""
    panel.set_xlim(0, 1)
    panel.set_xticks((0, 0.5, 1), ("0", "½", "1"))
    panel.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    if lines is None:
        say(panel, "–")
        return
    panel.fill_between(
        lines.points, lines.low, lines.high, color=GREY, alpha=0.18, linewidth=0, step="post"
    )
    panel.axhline(0, color=GREY, linewidth=0.6)
    for difference, outside in zip(lines.differences, lines.outside, strict=True):
        panel.plot(
            lines.points,
            difference,
            color=VERMILLION if outside else BLUE,
            linewidth=1.3 if outside else 0.8,
            zorder=3 if outside else 2,
            drawstyle="steps-post",
        )


def handles(level: str) -> list[Line2D | Patch]:
    """Return the legend's entries."""
    return [
        Line2D([], [], color=BLUE, linewidth=1, label="inside"),
        Line2D([], [], color=VERMILLION, linewidth=1.3, label="outside"),
        Patch(color=GREY, alpha=0.18, linewidth=0, label=level),
    ]
