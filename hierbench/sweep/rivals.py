"""The tables of parameters of a sweep's settings, read from the store, and whether they agree."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.compare import Cell, cells_frame
from hierbench.compare.agreement import Rival, agreement_of, sentence
from hierbench.compare.posteriors import PARAMETER_COLUMNS
from hierbench.compare.results import axes_in_words
from hierbench.compare.settings import grouped, passing
from hierbench.errors import StoreError
from hierbench.tracking import Store
from hierbench.tracking.contract import PARAMETERS
from hierbench.tracking.tables import recorded_table

__all__ = ["MOST_TABLES", "found_agreement", "parameters_of", "rivals_of"]

MOST_TABLES = 400
"""Tables of parameters that are read; of larger sweeps, fewer seeds of each setting."""


def found_agreement(store: Store, cells: Sequence[Cell]) -> str:
    """Return in a sentence whether the settings that share a posterior agree.

    A sweep is not lost over it: whatever goes wrong is said in the sentence.
    """
    try:
        rivals, left = rivals_of(store, cells_frame(cells))
        found = sentence(agreement_of(rivals))
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        return f"Agreement not checked: {first}."
    return f"{found} {left}".rstrip()


def rivals_of(store: Store, cells: pd.DataFrame) -> tuple[list[Rival], str]:
    """Return the settings that share a posterior with another, and what was not read of them.

    Of cells that passed a gate alone; at most `MOST_TABLES` tables, and none after one that
    cannot be read: a store that is away costs one wait.
    """
    groups = grouped(cells)
    able = passing(cells) & np.asarray(cells["run_id"] != "", dtype=bool)
    runs = {
        code: cells["run_id"][able & (groups.codes == code)].tolist()
        for code in np.unique(groups.codes[able]).tolist()
    }
    posteriors = [groups.names[code][0] for code in runs]
    shared = [code for code in runs if posteriors.count(groups.names[code][0]) > 1]
    looked = shared[:MOST_TABLES]
    each = max(1, MOST_TABLES // max(len(looked), 1))
    rivals: list[Rival] = []
    for code in looked:
        tables = [parameters_of(store, run) for run in runs[code][:each]]
        kept = [table for table in tables if table is not None]
        if len(kept) < len(tables):
            return rivals, "Tables of parameters could not be read: the rest is not checked."
        axes = dict(zip(groups.axes, groups.names[code][1:], strict=True))
        rivals.append(Rival(groups.names[code][0], axes_in_words(axes), kept))
    beyond = len(shared) - len(looked)
    return rivals, f"{beyond} more settings were not looked at." if beyond else ""


def parameters_of(store: Store, run_id: str) -> pd.DataFrame | None:
    """Return a cell's table of parameters, None where it is gone or damaged."""
    try:
        with tempfile.TemporaryDirectory() as name:
            table = recorded_table(store, run_id, PARAMETERS, Path(name))
    except StoreError:
        return None
    return table if set(table.columns) >= set(PARAMETER_COLUMNS) else None
