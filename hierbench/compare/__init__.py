"""Cells side by side: settings with intervals, ranks within a posterior; pure functions."""

from hierbench.compare.cells import Cell, cell_rows, cells_frame, tidied
from hierbench.compare.comparison import compare_cells
from hierbench.compare.results import Comparison, Estimate, Pair, Setting, Sweep, Verdict

__all__ = [
    "Cell",
    "Comparison",
    "Estimate",
    "Pair",
    "Setting",
    "Sweep",
    "Verdict",
    "cell_rows",
    "cells_frame",
    "compare_cells",
    "tidied",
]
