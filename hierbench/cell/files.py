"""Files of one cell on the local disk, written and closed before anything is sent."""

import json
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from hierbench.cell.fit import FittedCell
from hierbench.cell.plan import PlannedCell
from hierbench.config.compose import to_yaml
from hierbench.datatree import write
from hierbench.disk import whole, write_whole
from hierbench.provenance import Provenance, git_diff, requirements
from hierbench.shown import redacted
from hierbench.tracking.contract import (
    CONFIG,
    DIFF,
    LOO,
    PARAMETERS,
    POSTERIOR,
    PREDICTIVE,
    PROVENANCE,
    REQUIREMENTS,
    TRACEBACK,
    WARMUP,
)

__all__ = ["write_config", "write_failure", "write_fit", "write_provenance"]


def write_config(cell: PlannedCell, artifacts: Path) -> None:
    """Write the resolved configuration."""
    write_whole(artifacts / CONFIG, to_yaml(cell.config))


def write_provenance(provenance: Provenance, artifacts: Path) -> None:
    """Write what was asked and what it ran on, the packages, and what differs from the commit."""
    write_whole(artifacts / PROVENANCE, json.dumps(provenance.content(), indent=1))
    write_whole(artifacts / REQUIREMENTS, requirements())
    diff = git_diff() if provenance.ran_on["code"].get("dirty") else None
    if diff:
        write_whole(artifacts / DIFF, f"{redacted(diff)}\n")


def write_fit(cell: PlannedCell, fitted: FittedCell, artifacts: Path, *, plots: bool) -> None:
    """Write the draws, the tables of what was found and, when asked, the plots."""
    write(fitted.tree, artifacts / POSTERIOR)
    tables = {
        PARAMETERS: fitted.diagnosis.parameters,
        WARMUP: fitted.diagnosis.warmup,
        PREDICTIVE: fitted.predicted.check if fitted.predicted else {},
        LOO: fitted.loo.table if fitted.loo else {},
    }
    for name, columns in tables.items():
        if columns:
            with whole(artifacts / name) as table:
                pd.DataFrame(dict(columns)).to_parquet(table)
    if plots:
        from hierbench.plots.every import draw  # it imports a drawing library

        with whole(artifacts / "plots") as folder:
            folder.mkdir()
            draw(
                fitted.tree,
                cell.dataset,
                folder,
                estimands=cell.model.estimands,
                axes=fitted.axes,
                necks=cell.model.necks,
                worst=tuple(fitted.diagnosis.worst_of_block.values()),
                own=own_plots(cell, fitted, folder),
            )


def own_plots(
    cell: PlannedCell, fitted: FittedCell, folder: Path
) -> Callable[[], list[Path]] | None:
    """Return what draws the plots that only the cell's model has."""
    own = cell.model.load().draw
    if own is None:
        return None
    return partial(own, fitted.tree, cell.dataset, folder, cell.config.plots.groups)


def write_failure(error: BaseException, artifacts: Path, secrets: Sequence[str] = ()) -> None:
    """Write the traceback of what ended the cell, without the `secrets`."""
    text = "".join(traceback.format_exception(error))
    write_whole(artifacts / TRACEBACK, redacted(text, *secrets))
