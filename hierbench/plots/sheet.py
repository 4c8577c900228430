"""The paper every plot is drawn on: measures, colours, text, and the file written.

Knows matplotlib and its Pillow; must not know draws, groups or what a plot means.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from numpy.typing import NDArray
from PIL import Image

__all__ = [
    "BLACK",
    "BLUE",
    "GREY",
    "MINUS",
    "ORANGE",
    "PALETTE",
    "VERMILLION",
    "legend",
    "plain",
    "save",
    "say",
    "sheet",
    "thousands",
]

# Okabe and Ito (2008), told apart by colour-blind readers; without the yellow, faint on white.
BLUE, VERMILLION, ORANGE, BLACK = "#0072B2", "#D55E00", "#E69F00", "#000000"
PALETTE = (BLUE, ORANGE, "#009E73", "#CC79A7", "#56B4E9", VERMILLION)
GREY = "#5F6368"

MINUS = "\N{MINUS SIGN}"
DPI = 110
RIGHT, BOTTOM, TITLE, LINE, HEAD = 0.2, 0.5, 0.36, 0.17, 1.05  # inches


def sheet(
    title: str,
    note: str,
    *,
    widths: Sequence[float],
    heights: Sequence[float],
    gaps: tuple[float, float] = (0.5, 0.5),
    left: float = 0.7,
    shared: bool = False,
) -> tuple[Figure, NDArray[Any]]:
    """Return a figure with a heading, and its panels, dims (row, column).

    Parameters
    ----------
    title, note : str
        The heading's first line, and the smaller lines below it.
    widths, heights : sequence of float
        Of the panels, in inches.
    gaps : tuple of float
        Between columns and between rows, in inches.
    left : float
        Room for the first column's labels, in inches.
    shared : bool
        Whether all panels have the same limits.
    """
    top = HEAD + LINE * note.count("\n")
    wide = left + sum(widths) + gaps[0] * (len(widths) - 1) + RIGHT
    high = top + sum(heights) + gaps[1] * (len(heights) - 1) + BOTTOM
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    place: dict[str, Any] = {
        "left": left / wide,
        "right": 1 - RIGHT / wide,
        "top": 1 - top / high,
        "bottom": BOTTOM / high,
        "wspace": gaps[0] / float(np.mean(widths)),
        "hspace": gaps[1] / float(np.mean(heights)),
        "width_ratios": list(widths),
        "height_ratios": list(heights),
    }
    panels = figure.subplots(
        len(heights), len(widths), sharex=shared, sharey=shared, squeeze=False, gridspec_kw=place
    )
    for panel in panels.flat:
        dress(panel)
    at: dict[str, Any] = {"x": 0.12 / wide, "va": "top"}
    figure.text(y=1 - 0.1 / high, s=plain(title), fontsize=12, fontweight="bold", **at)
    figure.text(y=1 - TITLE / high, s=note_text(note), fontsize=8.5, color=GREY, **at)
    return figure, panels


def dress(panel: Axes) -> None:
    """Leave a panel with two thin spines and small ticks."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(GREY)
    panel.tick_params(labelsize=8, color=GREY, width=0.8, length=3)


def note_text(note: str) -> str:
    """Return `note` safe to draw, its lines kept."""
    return "\n".join(plain(line, 150) for line in note.split("\n"))


def legend(figure: Figure, handles: Sequence[Any]) -> None:
    """Put `handles` in one row between the heading and the panels."""
    wide, high = figure.get_size_inches()
    note = figure.texts[-1].get_text()
    figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(0.12 / wide, 1 - (TITLE + LINE * (1 + note.count("\n"))) / high),
        ncols=max(1, len(handles)),
        fontsize=8.5,
        frameon=False,
        borderpad=0.2,
        borderaxespad=0,
        handlelength=1.6,
        columnspacing=1.4,
    )


def say(panel: Axes, text: str) -> None:
    """Write `text` in the middle of a panel that has nothing to show."""
    panel.text(
        0.5, 0.5, text, transform=panel.transAxes, ha="center", va="center", color=GREY, fontsize=9
    )


def plain(text: str, longest: int = 90) -> str:
    r"""Return `text` as matplotlib can draw it: no mathematics, no missing glyph, not too long.

    >>> plain("price [$]")
    'price [\\$]'
    """
    font = get_font(findfont("DejaVu Sans"))
    drawn = [c if c.isprintable() and font.get_char_index(ord(c)) else "?" for c in text]
    short = drawn if len(drawn) <= longest else [*drawn[: longest - 1], "…"]
    return "".join(short).replace("$", r"\$")


def thousands(value: float, _: object = None) -> str:
    """Return a tick's label, with separators from a thousand on.

    >>> thousands(250000.0), thousands(0.25)
    ('250,000', '0.25')
    """
    text = f"{value:,.0f}" if 1e3 <= abs(value) < 1e15 else f"{value:g}"
    return text.replace("-", MINUS)


def save(figure: Figure, path: Path) -> Path:
    """Write the figure as a PNG file of 64 colours and return its path.

    A palette makes a trace four times smaller, and faster to write; more effort than the least
    at packing it takes three times as long for an eighth of the bytes.
    """
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    method, dither = Image.Quantize.FASTOCTREE, Image.Dither.NONE
    few = image.quantize(64, method=method, dither=dither)
    few.save(path, "PNG", dpi=(DPI, DPI), compress_level=1)
    return path
