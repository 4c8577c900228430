"""Files of one cell on the local disk, written and closed before anything is sent."""

import json
import traceback
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hierbench.cell.fit import FittedCell
from hierbench.cell.plan import PlannedCell
from hierbench.config.compose import to_yaml
from hierbench.datatree import write
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
    (artifacts / CONFIG).write_text(to_yaml(cell.config))


def write_provenance(provenance: Provenance, artifacts: Path) -> None:
    """Write what was asked and what it ran on, the packages, and what differs from the commit."""
    (artifacts / PROVENANCE).write_text(json.dumps(provenance.content(), indent=1))
    (artifacts / REQUIREMENTS).write_text(requirements())
    diff = git_diff() if provenance.ran_on["code"].get("dirty") else None
    if diff:
        (artifacts / DIFF).write_text(f"{redacted(diff)}\n")


def write_fit(cell: PlannedCell, fitted: FittedCell, artifacts: Path, *, plots: bool) -> None:
    """Write the draws, the tables of what was found and, when asked, the plots."""
    write(fitted.tree, artifacts / POSTERIOR)
    pd.DataFrame(dict(fitted.diagnosis.parameters)).to_parquet(artifacts / PARAMETERS)
    if fitted.diagnosis.warmup:
        pd.DataFrame(dict(fitted.diagnosis.warmup)).to_parquet(artifacts / WARMUP)
    if fitted.predicted:
        pd.DataFrame(dict(fitted.predicted.check)).to_parquet(artifacts / PREDICTIVE)
    if fitted.loo:
        pd.DataFrame(dict(fitted.loo.table)).to_parquet(artifacts / LOO)
    if plots:
        from hierbench.plots.every import draw  # it imports a drawing library

        (artifacts / "plots").mkdir(exist_ok=True)
        draw(
            fitted.tree,
            cell.dataset,
            artifacts / "plots",
            groups=cell.config.plots.groups,
            worst=tuple(fitted.diagnosis.worst_of_block.values()),
        )


def write_failure(error: BaseException, artifacts: Path, secrets: Sequence[str] = ()) -> None:
    """Write the traceback of what ended the cell, without the `secrets`."""
    text = "".join(traceback.format_exception(error))
    (artifacts / TRACEBACK).write_text(redacted(text, *secrets))
