"""The ranks of a calibration, read back from a store that is not trusted."""

import tempfile
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.cell import PlannedCell
from hierbench.diagnostics.standing import RANK_DRAWS
from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import Store, TrackedRun, cells_of
from hierbench.tracking.contract import PARAMETERS
from hierbench.tracking.tables import recorded_table
from hierbench.validation.calibration import Ranks

__all__ = ["recorded_ranks"]

COLUMNS = ["parameter", "truth_rank", "truth_rank_draws"]


def recorded_ranks(store: Store, sweep_id: str, planned: Sequence[PlannedCell]) -> dict[str, Ranks]:
    """Return the ranks of every form of a calibration's sweep, whose plan is `planned`.

    Raises
    ------
    StoreError
        If a cell's table is gone, damaged, or has no rank for every estimand.
    """
    finished: dict[str, list[TrackedRun]] = defaultdict(list)
    for cell in cells_of(store, sweep_id):
        if cell.status is RunStatus.FINISHED:
            finished[cell.params.get("parameterization", "")].append(cell)
    of_form: dict[str, list[PlannedCell]] = defaultdict(list)
    for one in planned:
        of_form[one.form.name].append(one)
    return {
        form: ranks_of(store, finished[form], estimands_of(cells[0]), len(cells))
        for form, cells in of_form.items()
    }


def estimands_of(cell: PlannedCell) -> list[str]:
    """Return the names of all estimands whose truth the data of `cell` know, sorted."""
    return sorted(
        entry
        for name, value in (cell.dataset.truth or {}).items()
        for entry in cell.axes.names(name, value.shape)
    )


def ranks_of(
    store: Store, cells: Sequence[TrackedRun], estimands: Collection[str], planned: int
) -> Ranks:
    """Return the ranks of the finished cells of one form, columns in the order of `estimands`."""
    tables = [table_of(store, cell.run_id, estimands) for cell in cells]
    draws = {int(table["truth_rank_draws"].iloc[0]) for table in tables}
    if len(draws) > 1:
        raise StoreError(
            f"{cells[0].run_id}: its form's truths are ranked among {min(draws)} and {max(draws)} "
            "draws; a calibration has one number; start a new one"
        )
    return Ranks(
        tuple(estimands) if tables else (),
        np.array([table["truth_rank"] for table in tables], dtype=np.int64),
        max(draws, default=0),
        gate_failed=sum(cell.tags.get("gate") != "passed" for cell in cells),
        missing=planned - len(cells),
    )


def table_of(store: Store, run_id: str, estimands: Collection[str]) -> pd.DataFrame:
    """Return a cell's ranks, a checked row for each of the `estimands` in their order."""
    with tempfile.TemporaryDirectory() as name:
        table = recorded_table(store, run_id, PARAMETERS, Path(name))
    try:
        rows = table.loc[table["parameter"].isin(estimands), COLUMNS].sort_values("parameter")
        ranks = rows["truth_rank"].to_numpy(dtype=np.float64)
        draws = rows["truth_rank_draws"].to_numpy(dtype=np.float64)
        complete = list(rows["parameter"]) == list(estimands)
    except (KeyError, TypeError, ValueError) as err:
        raise StoreError(
            f"{run_id}: its {PARAMETERS} has no ranks of a truth; the sweep is no calibration"
        ) from err
    allowed = (ranks >= 0) & (ranks <= draws) & (ranks == np.rint(ranks)) & (draws <= RANK_DRAWS)
    if not (complete and allowed.all() and np.all(draws == draws[0])):
        raise StoreError(
            f"{run_id}: its {PARAMETERS} has not one rank for each estimand, 0 to the number of "
            f"draws and at most {RANK_DRAWS}; start a new calibration"
        )
    return rows
