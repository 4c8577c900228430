"""What a user should know of the data before the cells run."""

from collections.abc import Sequence

from rich.console import Console

from hierbench.cell import PlannedCell
from hierbench.datasets.checks import exact_fit_warnings, scale_warnings

__all__ = ["print_warnings", "warnings_of"]


def warnings_of(cells: Sequence[PlannedCell]) -> list[str]:
    """Return a sentence for each doubt about the cells' data, each once."""
    found: dict[str, None] = {}
    for cell in cells:
        found |= dict.fromkeys(scale_warnings(cell.dataset))
        if cell.form.model == "varying_sigma":
            found |= dict.fromkeys(exact_fit_warnings(cell.dataset))
    return list(found)


def print_warnings(cells: Sequence[PlannedCell], console: Console) -> None:
    """Print `warnings_of` the cells."""
    for sentence in warnings_of(cells):
        console.print(f"warning: {sentence}", markup=False, highlight=False, soft_wrap=True)
