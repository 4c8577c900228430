"""What a user should know of the data before the cells run."""

from collections.abc import Sequence

from rich.console import Console

from hierbench.cell import PlannedCell
from hierbench.process import cores_of_workers

__all__ = ["print_warnings", "warnings_of"]


def warnings_of(cells: Sequence[PlannedCell]) -> list[str]:
    """Return a sentence for each doubt about the cells' data and workers, each once."""
    found: dict[str, None] = {}
    for cell in cells:
        found |= dict.fromkeys(cell.model.warnings(cell.dataset, cell.form))
    workers, cores = cells[0].config.workers, len(cores_of_workers(1)[0])
    if workers > cores:
        found[
            f"workers={workers}: this process has {cores} cores, so cells share them and their "
            f"seconds cannot be compared; choose {cores} or fewer"
        ] = None
    return list(found)


def print_warnings(cells: Sequence[PlannedCell], console: Console) -> None:
    """Print `warnings_of` the cells."""
    for sentence in warnings_of(cells):
        console.print(f"warning: {sentence}", markup=False, highlight=False, soft_wrap=True)
