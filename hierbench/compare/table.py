"""One flat row per cell, for files that other tools read."""

from collections.abc import Sequence

from hierbench.compare.settings import Cell

__all__ = ["cell_rows"]


def cell_rows(cells: Sequence[Cell]) -> list[dict[str, str | float]]:
    """Return status, parameters, metrics and tags of each cell, one flat mapping per cell."""
    return [
        {
            "run_id": str(getattr(cell, "run_id", "")),
            "status": str(cell.status),
            **cell.params,
            **cell.metrics,
            **{f"tag.{name}": value for name, value in cell.tags.items() if "." not in name},
        }
        for cell in cells
    ]
