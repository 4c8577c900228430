"""The metrics that the tracking contract requires of a cell, by what is known of the cell."""

from collections.abc import Collection

from hierbench.tracking.metrics import NOT_KEPT, Absence, Metric

BLOCKS = {"independent": (), "varying_sigma": (), "correlated": ("correlation",)}
"""The blocks of each model that not every model has."""


def required(
    table: dict[str, Metric],
    *,
    sampler: str,
    model: str,
    diverged: bool,
    truth: bool,
    reference: bool,
    machine: bool = True,
    loo: bool = False,
) -> set[str]:
    """Return the names in `table` that such a cell must have, and no others."""
    holds = {
        Absence.NEVER: True,
        Absence.DIVERGENCES: diverged,
        Absence.TRUTH: truth,
        Absence.REFERENCE: reference,
        Absence.MACHINE: machine,
        Absence.ASKED: loo,
    }
    return {
        name
        for name, metric in table.items()
        if name not in NOT_KEPT[sampler]
        and holds.get(metric.absent, True)
        and (metric.absent is not Absence.BLOCK or named(name, BLOCKS[model]))
    }


def named(name: str, blocks: Collection[str]) -> bool:
    return name.rpartition(".")[2] in blocks
