"""Which of the planned posteriors are known."""

from collections.abc import Iterable

from hierbench.agreement.reference import Known
from hierbench.cell import PlannedCell

__all__ = ["known_posteriors"]


def known_posteriors(cells: Iterable[PlannedCell]) -> dict[str, Known]:
    """Return the reference of every posterior that ships with one."""
    each = {cell.posterior: cell for cell in cells}
    found = {name: cell.reference for name, cell in each.items()}
    return {
        name: Known(reference, each[name].axes)
        for name, reference in found.items()
        if reference is not None
    }
