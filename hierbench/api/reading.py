"""The kept runs as tables, comparisons and draws; nothing of a store is written."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xarray as xr

from hierbench.api.asking import keywords
from hierbench.api.records import Compared
from hierbench.comparison import cells_frame, compare_cells
from hierbench.comparison.filters import where as meeting
from hierbench.datatree import read_tree
from hierbench.errors import StoreError
from hierbench.sweeps.reading import chosen_sweeps, merged, read_sweep
from hierbench.tracking import Store, every_cell, find_run, locate, look
from hierbench.tracking.recorded import damaged, recorded_posterior

__all__ = ["compare", "posterior", "runs"]


def runs(*where: str, store: str | None = None) -> pd.DataFrame:
    """Return every cell of a store as one table, the oldest first.

    Parameters
    ----------
    *where : str
        Conditions that all must hold, such as ``"data=radon"`` or ``"prior.scale>=1"``.
    store : str, optional
        URI of the store.

    Returns
    -------
    DataFrame
        One row per cell, without those that were run again: run_id, sweep_id, status, posterior,
        gate and other facts (text), the flat configuration (text), every metric (float64, NaN
        where there is none).

    Raises
    ------
    StoreError
        If no runs are kept there, or they cannot be read.
    ConfigError
        If a condition cannot be read, names no column, or no cell meets all.

    Examples
    --------
    >>> import hierbench
    >>> cells = hierbench.runs("gate=passed", "prior.scale>=1")  # doctest: +SKIP
    >>> cells.groupby("parameterization")["ess_per_second"].median()  # doctest: +SKIP
    """
    cells = cells_frame(every_cell(opened(store)))
    with keywords():
        return meeting(cells, where)


def compare(
    *sweep_ids: str,
    where: str | Sequence[str] = (),
    metric: str | None = None,
    store: str | None = None,
) -> Compared:
    """Put the settings of sweeps side by side, of the latest sweep where none is named.

    Parameters
    ----------
    *sweep_ids : str
        Ids, or their first 8 characters or more.
    where : str or sequence of str
        Conditions on the cells that count, such as ``"data=radon prior.scale>=1"``.
    metric : str, optional
        What to rank by; default: ess_per_second, or the first that can be ranked by.
    store : str, optional
        URI of the store.

    Raises
    ------
    StoreError
        If there is no such sweep, or it has no cells.
    ConfigError
        If a condition cannot be read or leaves no cell, or no cell has `metric`.

    Examples
    --------
    >>> import hierbench
    >>> found = hierbench.compare(metric="ess_per_gradient")  # doctest: +SKIP
    >>> found.settings[["parameterization", "median", "low", "high"]]  # doctest: +SKIP
    """
    kept = opened(store)
    tables = dict(read_sweep(kept, sweep) for sweep in chosen_sweeps(kept, sweep_ids))
    cells, notes = merged(tables)
    conditions = [where] if isinstance(where, str) else where
    with keywords():
        kept_cells = meeting(cells, conditions)
        return Compared(compare_cells(kept_cells, sweeps=list(tables), metric=metric, notes=notes))


def posterior(run_id: str, *, store: str | None = None) -> xr.DataTree:
    """Return the draws of one run, for ArviZ.

    Parameters
    ----------
    run_id : str
        Its id, or the first 8 characters or more.
    store : str, optional
        URI of the store.

    Returns
    -------
    DataTree
        Groups posterior (dims chain, draw, and those of each variable) and sample_stats, in
        memory.

    Raises
    ------
    StoreError
        If there is no such run, or its draws are gone or damaged.

    Examples
    --------
    >>> import arviz, hierbench
    >>> draws = hierbench.posterior("50a4d220")  # doctest: +SKIP
    >>> arviz.summary(draws, var_names=["tau"])  # doctest: +SKIP
    """
    kept = opened(store)
    run = find_run(kept, run_id)
    if run.kind != "cell":
        raise StoreError(f"{run.run_id}: a {run.kind} has no draws; give the id of one of its runs")
    with tempfile.TemporaryDirectory() as folder:
        path = recorded_posterior(kept, run.run_id, Path(folder))
        try:
            return read_tree(path)
        except Exception as error:  # whatever a damaged file makes its readers raise
            raise damaged(run.run_id, path.name, error) from error


def opened(uri: str | None) -> Store:
    """Return the store to read."""
    return look(locate(uri, Path.cwd()))
