"""One cell from start to end; what fits it, `cell.running`, alone imports samplers."""

from hierbench.cell.plan import PlannedCell, is_supported, plan_cell
from hierbench.cell.telling import CellPlace, lose_cell

__all__ = ["CellPlace", "PlannedCell", "is_supported", "lose_cell", "plan_cell"]
