"""Prior sensitivity of each posterior, from the draws of one of its cells."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.cell import PlannedCell
from hierbench.comparison.settings import passing
from hierbench.datatree import read_untrusted
from hierbench.diagnostics.sensitivity import Sensitivity, sensitivities
from hierbench.errors import StoreError
from hierbench.records import Arrays
from hierbench.tracking import Store
from hierbench.tracking.recorded import recorded_posterior

__all__ = ["PosteriorSensitivity", "sensitivity_of", "sensitivity_of_draws"]


@dataclass(frozen=True)
class PosteriorSensitivity:
    """How far one posterior hangs on its hyperpriors and on its data.

    Attributes
    ----------
    form : str
        Whose draws were looked at.
    rows : tuple of Sensitivity
        One per hyperparameter.
    why_not : str
        Why there are none; else empty.
    """

    posterior: str
    form: str
    rows: tuple[Sensitivity, ...] = ()
    why_not: str = ""


def sensitivity_of(
    store: Store, cells: pd.DataFrame, planned: Mapping[str, PlannedCell]
) -> tuple[PosteriorSensitivity, ...]:
    """Return the sensitivity of every posterior of which a cell passed the gate.

    Parameters
    ----------
    planned : mapping of str to PlannedCell
        By cell_key.
    """
    passed = cells[passing(cells) & cells["cell_key"].isin(list(planned))]
    chosen = [best(rows, planned) for _, rows in passed.groupby("posterior", sort=False)]
    return tuple(
        read_sensitivity(store, str(row["run_id"]), planned[str(row["cell_key"])]) for row in chosen
    )


def best(cells: pd.DataFrame, planned: Mapping[str, PlannedCell]) -> "pd.Series[str]":
    """Return the cell to look at: of a form that integrates the effects out, where there is one."""
    integrated = [planned[str(key)].form.integrated for key in cells["cell_key"]]
    row: pd.Series[str] = cells.iloc[int(np.argmax(integrated))]
    return row


def read_sensitivity(store: Store, run_id: str, cell: PlannedCell) -> PosteriorSensitivity:
    """Return the sensitivity by one cell's posterior.nc; what goes wrong with that is said."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            posterior, _ = read_untrusted(recorded_posterior(store, run_id, Path(folder)))
        rows = sensitivity_of_draws(cell, posterior)
    except (StoreError, OSError, KeyError, ValueError) as error:
        why = f"posterior.nc of run {run_id[:8]} cannot be used: {error}"
        return PosteriorSensitivity(cell.posterior, cell.form.name, why_not=why)
    why = (
        ""
        if rows
        else f"Prior sensitivity is not known: model={cell.model.name} gives no densities."
    )
    return PosteriorSensitivity(cell.posterior, cell.form.name, rows, why)


def sensitivity_of_draws(cell: PlannedCell, posterior: Arrays) -> tuple[Sensitivity, ...]:
    """Return the sensitivity of every scalar whose density `cell`'s model gives."""
    densities = cell.model.load().densities
    if densities is None:
        return ()
    scalars, log_prior, log_likelihood = densities(posterior, cell.dataset, cell.hyperprior)
    return sensitivities(scalars, log_prior=log_prior, log_likelihood=log_likelihood)
