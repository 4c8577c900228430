"""Cells side by side: one row per cell, one row per setting; pure functions of results."""

from hierbench.compare.settings import Cell, Setting, settings_of
from hierbench.compare.table import cell_rows

__all__ = ["Cell", "Setting", "cell_rows", "settings_of"]
