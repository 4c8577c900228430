"""The metrics that the tracking contract requires of a cell, by what is known of the cell."""

from collections.abc import Collection

from hierbench.metrics import METRICS, Absence
from hierbench.samplers import SAMPLERS

BLOCKS = {"independent": (), "varying_sigma": (), "correlated": ("correlation",)}
"""The blocks of each variant that not every variant has."""


def required(
    table: Collection[str],
    *,
    sampler: str,
    variant: str,
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
        for name in table
        if name not in SAMPLERS[sampler].lacks
        and holds.get(METRICS[name].absent, True)
        and (METRICS[name].absent is not Absence.BLOCK or named(name, BLOCKS[variant]))
    }


def named(name: str, blocks: Collection[str]) -> bool:
    return name.rpartition(".")[2] in blocks
