"""Sweeps read back for a comparison: from the parents' tables, else from the store itself."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from hierbench.comparison import Sweep, cells_frame, tidied
from hierbench.comparison.cells import is_number
from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import Store, TrackedRun, cells_of, find_run, latest_sweep
from hierbench.tracking.contract import COMPARISON, SCHEMA_VERSION
from hierbench.tracking.tables import has_newer_cells, recorded_table

__all__ = ["chosen_sweeps", "differences", "merged", "read_sweep"]

NEEDED = {"run_id", "status", "tag.cell_key", "tag.posterior", "parameterization"}


def chosen_sweeps(store: Store, names: Sequence[str]) -> list[TrackedRun]:
    """Return the sweeps of those ids, the latest where none is named.

    Raises
    ------
    StoreError
        If one does not exist or is no sweep.
    """
    sweeps = [find_run(store, name) for name in names] or [latest_sweep(store)]
    for sweep in sweeps:
        if sweep.kind != "sweep":
            raise StoreError(
                f"{sweep.run_id}: a {sweep.kind}, not a sweep; see it with `hierbench show "
                f"{sweep.run_id[:8]}`"
            )
    return list({sweep.run_id: sweep for sweep in sweeps}.values())


def read_sweep(
    store: Store, sweep: TrackedRun, *, fresh: bool = False
) -> tuple[Sweep, pd.DataFrame]:
    """Return a sweep and its cells.

    The parent's table answers at once, and it is not used while the sweep runs, after a cell was
    added or sent later, where it is gone or damaged, or where the sweep began under an earlier
    tracking contract.

    Parameters
    ----------
    fresh : bool
        Read every cell from the store.

    Raises
    ------
    StoreError
        If the sweep has no cells.
    """
    cells = None if fresh else table_of(store, sweep)
    source = "store" if cells is None else "table"
    if cells is None:
        runs = cells_of(store, sweep.run_id)
        if not runs:
            raise StoreError(
                f"{sweep.run_id}: the sweep has no cells yet; wait for the first one"
                if sweep.status is RunStatus.RUNNING
                else f"{sweep.run_id}: the sweep has no cells; start another one"
            )
        cells = cells_frame(runs)
    planned = sweep.metrics.get("cells")
    found = Sweep(
        sweep_id=sweep.run_id,
        name=sweep.name,
        status=str(sweep.status),
        planned=None if planned is None else int(planned),
        command=sweep.tags.get("command", ""),
        started_seconds=sweep.started_seconds,
        source=source,
        agreement="" if sweep.status is RunStatus.RUNNING else sweep.tags.get("agreement", ""),
    )
    return found, cells.assign(sweep_id=sweep.run_id)


def table_of(store: Store, sweep: TrackedRun) -> pd.DataFrame | None:
    """Return the parent's table of cells; None where it is not there, or not the last word."""
    # A table does not say of which contract it is: one begun under an earlier one is not read.
    if sweep.status is RunStatus.RUNNING or sweep.tags.get("schema") != SCHEMA_VERSION:
        return None
    try:
        with tempfile.TemporaryDirectory() as name:
            rows = recorded_table(store, sweep.run_id, COMPARISON, Path(name))
    except StoreError:
        return None
    if not set(rows.columns) >= NEEDED or rows.empty:
        return None
    cells = tidied(rows)
    ids = set(cells["run_id"])
    # A cell that was sent later had no id when the table was written.
    if "" in ids or has_newer_cells(store, sweep.run_id, ids):
        return None
    return cells


def merged(tables: Mapping[Sweep, pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Return the cells of several sweeps, each cell once, and what a reader must know of that.

    Of a cell that several sweeps have, that of the latest sweep stays.
    """
    ordered = sorted(tables, key=lambda sweep: sweep.started_seconds)
    every = pd.concat([tables[sweep] for sweep in ordered], ignore_index=True)
    text = [name for name in every.columns if not is_number(every[name])]
    every[text] = every[text].fillna("")
    cells = every.drop_duplicates("cell_key", keep="last", ignore_index=True)
    notes = [
        f"Sweep {sweep.sweep_id[:8]} is in progress."
        for sweep in tables
        if sweep.status == RunStatus.RUNNING
    ]
    several = len(tables) > 1
    notes += [
        f"Sweep {sweep.sweep_id[:8]}: {sweep.agreement}" if several else sweep.agreement
        for sweep in tables
        if sweep.agreement
    ]
    twice = len(every) - len(cells)
    if twice:
        notes.append(f"{twice} cells are in several of the sweeps; those of the latest are taken.")
    return cells, notes


def differences(cells: pd.DataFrame, stored: pd.DataFrame) -> list[str]:
    """Return where `cells`, as compared, differ from the `stored` ones, a phrase each."""
    one, other = (table.set_index("run_id") for table in (cells, stored))
    found = [f"{run}: not in the store" for run in one.index.difference(other.index)]
    found += [f"{run}: only in the store" for run in other.index.difference(one.index)]
    both = one.index.intersection(other.index)
    for name in dict.fromkeys((*one.columns, *other.columns)):
        if name not in one or name not in other:
            missing = (one if name in one else other).loc[both, name]
            differs = (missing.notna() & (missing != "")).to_numpy()
        else:
            here, there = one.loc[both, name], other.loc[both, name]
            same = (here == there) | (here.isna() & there.isna())
            differs = (~same).to_numpy()
        found += [f"{run}: {name} differs" for run in both[differs]]
    return found
