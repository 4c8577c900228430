"""Which of the planned posteriors are known."""

from collections.abc import Iterable

from hierbench.agreement.reference import Known
from hierbench.cell import PlannedCell
from hierbench.models import abilities_of
from hierbench.records import Reference

__all__ = ["known_posteriors"]


def known_posteriors(cells: Iterable[PlannedCell]) -> dict[str, Known]:
    """Return the reference of every posterior that ships with one."""
    each = {cell.posterior: cell for cell in cells}
    found = {name: reference_of(cell) for name, cell in each.items()}
    return {
        name: Known(reference, each[name].axes)
        for name, reference in found.items()
        if reference is not None
    }


def reference_of(cell: PlannedCell) -> Reference | None:
    """Return what the posterior of `cell` is known to be; None where it is not."""
    reference = abilities_of(cell.model.name).reference
    return reference(cell.dataset, cell.form.variant, cell.hyperprior) if reference else None
