"""The command that adds seeds to the two settings of a pair."""

import shlex
from collections.abc import Sequence

import pandas as pd

from hierbench.comparison.results import Pair

__all__ = ["extension", "more_seeds"]

SHORT_ID = 8
ADDED = 2  # seeds, so that a setting of one has three
FEW = 8
"""Seeds that are written out one by one."""


def extension(pair: Pair, cells: pd.DataFrame, axes: Sequence[str]) -> str:
    """Return the command that adds `pair.more_seeds` seeds to both settings of `pair`.

    An axis is named where the two settings have fewer of its values than their sweep, so that
    the others get no seeds. Empty where none are needed, or the settings are of different sweeps.

    Parameters
    ----------
    cells : DataFrame
        `Comparison.cells`.
    axes : sequence of str
        The axes of the comparison.
    """
    if not pair.more_seeds:
        return ""
    both = cells[cells["setting"].isin([pair.first, pair.second])]
    sweeps = both["sweep_id"].unique()
    if len(sweeps) != 1 or not sweeps[0] or "seed" not in cells:
        return ""
    sweep = cells[cells["sweep_id"] == sweeps[0]]
    narrowed = [
        f"{name}={','.join(both[name].unique())}"
        for name in axes
        if both[name].nunique() < sweep[name].nunique()
    ]
    start = int(sweep["seed"].astype("int64").max()) + 1
    words = ["hierbench", "sweep", "--extend", sweeps[0][:SHORT_ID], *narrowed]
    return shlex.join([*words, f"seed={seeds(start, pair.more_seeds)}"])


def more_seeds(cells: pd.DataFrame) -> str:
    """Return the command that gives every setting of one sweep three seeds instead of one.

    Parameters
    ----------
    cells : DataFrame
        A table as `cells_frame` gives it.
    """
    sweeps = [sweep_id for sweep_id in cells["sweep_id"].unique() if sweep_id]
    name = sweeps[0][:SHORT_ID] if len(sweeps) == 1 else "SWEEP_ID"
    start = int(cells["seed"].astype("int64").max()) + 1 if "seed" in cells else 2
    return f"hierbench sweep --extend {name} seed={seeds(start, ADDED)}"


def seeds(start: int, count: int) -> str:
    """Return `count` seeds from `start` on, in Hydra's grammar.

    >>> seeds(4, 2), seeds(4, 100)
    ('4,5', 'range(4,104)')
    """
    if count > FEW:
        return f"range({start},{start + count})"
    return ",".join(str(seed) for seed in range(start, start + count))
