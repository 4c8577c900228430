"""The plot of a calibration: from ranks to the panels that `hierbench.plots` draws."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hierbench.plots.calibration import RankLines, calibration_figure
from hierbench.plots.sheet import save
from hierbench.validation.calibration import Ranks, Verdict
from hierbench.validation.designs import FAMILY_WISE_LEVEL
from hierbench.validation.uniformity import band, counts_below

__all__ = ["plot_ranks"]


def plot_ranks(
    path: Path,
    name: str,
    estimands: Sequence[str],
    ranks: Mapping[str, Ranks],
    verdicts: Sequence[Verdict],
) -> Path:
    """Draw every form that has ranks into the PNG file `path`; return it."""
    rows = {
        f"{verdict.form}: {verdict.found}, expected {verdict.expected}": panels_of(
            ranks[verdict.form]
        )
        for verdict in verdicts
        if verdict.simulations
    }
    shown = [name for name in estimands if any(name in row for row in rows.values())]
    simulations = max(verdict.simulations for verdict in verdicts)
    level = f"{1 - FAMILY_WISE_LEVEL:.0%} band, all of a form's lines together".replace("%", " %")
    title = f"Calibration on design {name}, {simulations} simulations"
    return save(calibration_figure(title, rows, shown, level), path)


def panels_of(of: Ranks) -> dict[str, RankLines]:
    """Return the lines of one form by variable, in a band for all of its lines together."""
    inside = band(len(of.ranks), of.draws, FAMILY_WISE_LEVEL / len(of.names))
    panels = {}
    for variable in dict.fromkeys(name.partition("[")[0] for name in of.names):
        columns = [name.partition("[")[0] == variable for name in of.names]
        below = [counts_below(column, of.draws) for column in of.ranks[:, columns].T]
        panels[variable] = RankLines(
            points=inside.points,
            differences=np.array(below) / len(of.ranks) - inside.points,
            low=inside.low - inside.points,
            high=inside.high - inside.points,
        )
    return panels
