"""Marginal energy against energy transitions; knows nothing but the energy."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from hierbench.dataset import Dataset
from hierbench.plots.draws import Floats, density, ebfmi, energies, finite, mean, trouble
from hierbench.plots.sheet import BLUE, MINUS, ORANGE, legend, say, sheet

__all__ = ["energy_figure"]

LISTED = 6  # chains named one by one


def energy_figure(tree: xr.DataTree, dataset: Dataset) -> Figure:
    """Return the two densities, with E-BFMI per chain in the title."""
    energy = energies(tree)
    note = (
        "One E-BFMI per chain. Transitions much narrower than the marginal, E-BFMI below 0.3: "
        "the energies are hardly crossed."
    )
    figure, panels = sheet(
        f"Energy of {dataset.name}, {ebfmi_text(ebfmi(energy))}",
        note,
        widths=(7.4,),
        heights=(2.6,),
        left=0.3,
    )
    panel = panels[0, 0]
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.set_xlabel(f"energy {MINUS} its mean", fontsize=8.5)
    draw_filled(panel, energy - mean(energy), BLUE)
    draw_filled(panel, np.diff(energy, axis=1), ORANGE)
    panel.set_ylim(bottom=0)
    if not panel.lines:
        panel.set_xticks([])
        say(panel, trouble(energy) or "too few draws")
    names = ((BLUE, "marginal energy"), (ORANGE, "energy transitions"))
    handles = [Patch(color=colour, alpha=0.5, linewidth=0, label=name) for colour, name in names]
    legend(figure, handles)
    return figure


def ebfmi_text(values: Floats) -> str:
    """Name E-BFMI of each chain, or of the worst where chains are many.

    >>> ebfmi_text(np.array([0.98, 1.02]))
    'E-BFMI 0.98, 1.02'
    """
    if len(values) <= LISTED:
        return "E-BFMI " + ", ".join(f"{value:.2f}" for value in values)
    known = finite(values)
    least = f"{known.min():.2f}" if known.size else "unknown"
    return f"least E-BFMI of {len(values)} chains {least}"


def draw_filled(panel: Axes, values: Floats, colour: str) -> None:
    """Draw a filled density, or nothing where there is none."""
    grid, height = density(values)
    if grid.size:
        panel.fill_between(grid, height, color=colour, alpha=0.3, linewidth=0)
        panel.plot(grid, height, color=colour, linewidth=1.4)
