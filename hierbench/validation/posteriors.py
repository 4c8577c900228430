"""Which of the planned posteriors are known."""

from collections.abc import Iterable

from hierbench.agreement.reference import Known
from hierbench.cell import PlannedCell
from hierbench.models.homes.references import reference_of

__all__ = ["known_posteriors"]


def known_posteriors(cells: Iterable[PlannedCell]) -> dict[str, Known]:
    """Return the reference of every posterior that ships with one."""
    each = {cell.posterior: cell for cell in cells}
    found = {
        name: reference_of(cell.dataset, cell.form.variant, cell.hyperprior)
        for name, cell in each.items()
    }
    return {
        name: Known(reference, each[name].dataset.labels)
        for name, reference in found.items()
        if reference is not None
    }
