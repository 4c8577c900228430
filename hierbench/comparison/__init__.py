"""Cells side by side: settings with intervals, ranks within a posterior; pure functions."""

from hierbench.comparison.cells import Cell, cell_rows, cells_frame, tidied
from hierbench.comparison.comparison import compare_cells
from hierbench.comparison.results import Comparison, Estimate, Lead, Pair, Setting, Sweep

__all__ = [
    "Cell",
    "Comparison",
    "Estimate",
    "Lead",
    "Pair",
    "Setting",
    "Sweep",
    "cell_rows",
    "cells_frame",
    "compare_cells",
    "tidied",
]
