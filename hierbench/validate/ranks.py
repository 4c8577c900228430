"""The ranks of a calibration, read back from a store that is not trusted."""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import Store, TrackedRun, cells_of
from hierbench.tracking.contract import PARAMETERS
from hierbench.tracking.tables import recorded_table
from hierbench.validate.calibration import Ranks

__all__ = ["recorded_ranks"]

COLUMNS = ("parameter", "estimand", "truth_rank", "truth_rank_draws")


def recorded_ranks(store: Store, sweep_id: str, planned: Sequence[str]) -> dict[str, Ranks]:
    """Return the ranks of every form of a calibration's sweep.

    Parameters
    ----------
    planned : sequence of str
        The form of every cell of the sweep's plan.

    Raises
    ------
    StoreError
        If a cell's table is gone, damaged, or ranks other estimands than the form's first.
    """
    finished: dict[str, list[TrackedRun]] = defaultdict(list)
    for cell in cells_of(store, sweep_id):
        if cell.status is RunStatus.FINISHED:
            finished[cell.params.get("parameterization", "")].append(cell)
    return {
        form: ranks_of(store, finished[form], planned.count(form))
        for form in dict.fromkeys(planned)
    }


def ranks_of(store: Store, cells: Sequence[TrackedRun], planned: int) -> Ranks:
    """Return the ranks of the finished cells of one form."""
    tables = [table_of(store, cell.run_id) for cell in cells]
    if not tables:
        return Ranks((), np.empty((0, 0), dtype=np.int64), 0, missing=planned)
    names = tuple(map(str, tables[0]["parameter"]))
    draws = int(tables[0]["truth_rank_draws"].iloc[0])
    for cell, table in zip(cells, tables, strict=True):
        alike = tuple(table["parameter"]) == names and (table["truth_rank_draws"] == draws).all()
        if not alike:
            raise StoreError(
                f"{cell.run_id}: its {PARAMETERS} ranks other estimands, or among other draws, "
                "than the calibration's first cell; start a new calibration"
            )
    return Ranks(
        names,
        np.array([table["truth_rank"] for table in tables], dtype=np.int64),
        draws,
        gate_failed=sum(cell.tags.get("gate") != "passed" for cell in cells),
        missing=planned - len(cells),
    )


def table_of(store: Store, run_id: str) -> pd.DataFrame:
    """Return name, rank and number of draws of a cell's estimands, every one checked."""
    with tempfile.TemporaryDirectory() as name:
        table = recorded_table(store, run_id, PARAMETERS, Path(name))
    try:
        rows = table.loc[table["estimand"].to_numpy(dtype=bool), list(COLUMNS)]
        ranks = rows["truth_rank"].to_numpy(dtype=np.float64)
        draws = rows["truth_rank_draws"].to_numpy(dtype=np.float64)
    except (KeyError, TypeError, ValueError) as err:
        raise StoreError(
            f"{run_id}: its {PARAMETERS} has no ranks of a truth; the sweep is no calibration"
        ) from err
    if not len(rows) or not np.all((ranks >= 0) & (ranks <= draws) & (ranks == np.rint(ranks))):
        raise StoreError(
            f"{run_id}: its {PARAMETERS} has a rank that is none of 0 to its number of draws; "
            "start a new calibration"
        )
    return rows
