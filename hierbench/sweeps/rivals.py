"""The tables of parameters of a sweep's settings, read from the store, and whether they agree."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.agreement.pooled import PARAMETER_COLUMNS
from hierbench.agreement.settings import Rival, agreement_of, sentence
from hierbench.comparison.results import axes_in_words
from hierbench.comparison.settings import grouped, passing
from hierbench.errors import StoreError
from hierbench.tracking import Store
from hierbench.tracking.contract import PARAMETERS
from hierbench.tracking.fetching import AtHand
from hierbench.tracking.tables import recorded_table

__all__ = ["MOST_TABLES", "Rivals", "found_agreement", "parameters_of", "rivals_of"]

MOST_TABLES = 400
"""Tables of parameters that are read; of larger sweeps, fewer seeds of each setting."""


def found_agreement(store: Store, cells: pd.DataFrame, at_hand: AtHand | None = None) -> str:
    """Return in a sentence whether the settings that share a posterior agree.

    A sweep is not lost over it: whatever goes wrong is said in the sentence.
    """
    try:
        read = rivals_of(store, cells, at_hand=at_hand)
        found = sentence(agreement_of(list(read.rivals.values())))
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        return f"Agreement not checked: {first}."
    return " ".join([found, *read.left_out])


@dataclass(frozen=True)
class Rivals:
    """Settings with their tables of parameters.

    Attributes
    ----------
    rivals : mapping of int to Rival
        By the setting's place in `grouped`.
    left_out : tuple of str
        Sentences on what was not read.
    """

    rivals: Mapping[int, Rival]
    left_out: tuple[str, ...] = ()


def rivals_of(
    store: Store, cells: pd.DataFrame, *, alone: bool = False, at_hand: AtHand | None = None
) -> Rivals:
    """Return the settings that share a posterior with another, by their cells that passed a gate.

    At most `MOST_TABLES` tables are read, and none after one that cannot be: a store that is
    away costs one wait.

    Parameters
    ----------
    alone : bool
        The settings that share their posterior with no other, too.
    at_hand : mapping of str to Path, optional
        Folders where tables are that the store need not be asked for, by run id.
    """
    groups = grouped(cells)
    able = passing(cells) & np.asarray(cells["run_id"] != "", dtype=bool)
    runs = {
        code: cells["run_id"][able & (groups.codes == code)].tolist()
        for code in np.unique(groups.codes[able]).tolist()
    }
    sizes = Counter(groups.names[code][0] for code in runs)
    wanted = [code for code in runs if alone or sizes[groups.names[code][0]] > 1]
    looked = wanted[:MOST_TABLES]
    each = max(1, MOST_TABLES // max(len(looked), 1))
    found: dict[int, Rival] = {}
    for code in looked:
        tables = [parameters_of(store, run, at_hand) for run in runs[code][:each]]
        kept = [table for table in tables if table is not None]
        if len(kept) < len(tables):
            return Rivals(found, ("Tables of parameters cannot be read: the rest is unchecked.",))
        posterior, *values = groups.names[code]
        axes = dict(zip(groups.axes, values, strict=True))
        found[code] = Rival(posterior, axes_in_words(axes), kept)
    beyond = len(wanted) - len(looked)
    return Rivals(found, (f"{beyond} more settings were not looked at.",) if beyond else ())


def parameters_of(store: Store, run_id: str, at_hand: AtHand | None = None) -> pd.DataFrame | None:
    """Return a cell's table of parameters, None where it is gone or damaged."""
    try:
        with tempfile.TemporaryDirectory() as name:
            table = recorded_table(store, run_id, PARAMETERS, Path(name), at_hand)
    except StoreError:
        return None
    return table if set(table.columns) >= set(PARAMETER_COLUMNS) else None
