"""The cells of two sweeps seed by seed."""

import numpy as np
import pandas as pd

from hierbench.comparison.matching import Matched, Shared
from hierbench.metrics import better_end

__all__ = ["cell_pairs"]

KEPT = ("run_id", "gate", "draws_digest")


def cell_pairs(sweeps: Matched, metric: str) -> pd.DataFrame:
    """Return one row per cell that either side has: its runs, gates, figures and slowdown."""
    return pd.concat([pairs_of(setting, metric) for setting in sweeps.shared], ignore_index=True)


def pairs_of(setting: Shared, metric: str) -> pd.DataFrame:
    """Return the rows of one setting; a cell that one side lacks has its figure missing there."""
    names = ["cell_key", "seed", *KEPT, metric]
    sides = [cells.reindex(columns=names) for cells in setting.sides]
    rows = sides[0].merge(
        sides[1], on=["cell_key", "seed"], how="outer", suffixes=("_then", "_now")
    )
    then, now = rows[f"{metric}_then"], rows[f"{metric}_now"]
    digests = rows[["draws_digest_then", "draws_digest_now"]].fillna("")
    same = (digests.iloc[:, 0] == digests.iloc[:, 1]) & (digests.iloc[:, 0] != "")
    above, below = (then, now) if better_end(metric) > 0 else (now, then)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(above, dtype=np.float64) / np.asarray(below, dtype=np.float64)
    named = pd.DataFrame({"posterior": setting.posterior, **setting.axes}, index=rows.index)
    kept = rows.drop(columns=["draws_digest_then", "draws_digest_now"])
    return pd.concat([named, kept.assign(same_draws=same, slowdown=ratio)], axis=1)
