"""The metrics that the tracking contract requires of a cell, by what is known of the cell."""

from collections.abc import Collection

from hierbench.metrics import BLOCK, METRICS, NECK, Absence
from hierbench.models.homes import MODEL
from hierbench.samplers import SAMPLERS

ONLY = {"correlation": ("correlated",)}
"""The variants that have a block which not all have."""


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
    blocks = [name for name in MODEL.blocks if name not in ONLY or variant in ONLY[name]]
    entries = {BLOCK: blocks, NECK: [neck.scale for neck in MODEL.necks]}
    return {
        name.replace(mark, entry)
        for name in table
        if name not in SAMPLERS[sampler].lacks and holds.get(METRICS[name].absent, True)
        for mark in [name.partition(".")[2]]
        for entry in entries.get(mark, [mark])
    }
