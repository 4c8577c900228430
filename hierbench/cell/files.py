"""Files of one cell on the local disk, written and closed before anything is sent."""

import json
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from hierbench.cell.fit import FittedCell
from hierbench.cell.plan import PlannedCell
from hierbench.config.compose import to_yaml
from hierbench.datatree import write
from hierbench.plots import draw
from hierbench.tracking.contract import CONFIG, PARAMETERS, POSTERIOR, TRACEBACK

__all__ = ["artifacts_folder", "write_config", "write_failure", "write_fit", "write_record"]


def artifacts_folder(folder: Path) -> Path:
    """Return the part of a cell's folder that is sent."""
    return folder / "artifacts"


def write_config(cell: PlannedCell, folder: Path) -> None:
    """Make the cell's folder and write its resolved configuration."""
    artifacts_folder(folder).mkdir(parents=True, exist_ok=True)
    (artifacts_folder(folder) / CONFIG).write_text(to_yaml(cell.config))


def write_fit(cell: PlannedCell, fitted: FittedCell, folder: Path, *, plots: bool) -> None:
    """Write the draws, the table of parameters and, when asked, the plots."""
    artifacts = artifacts_folder(folder)
    write(fitted.tree, artifacts / POSTERIOR)
    pd.DataFrame(dict(fitted.diagnosis.parameters)).to_parquet(artifacts / PARAMETERS)
    if plots:
        (artifacts / "plots").mkdir(exist_ok=True)
        draw(fitted.tree, cell.dataset, artifacts / "plots", groups=cell.config.plots.groups)


def write_failure(folder: Path, error: BaseException) -> None:
    """Write the traceback of what ended the cell."""
    text = "".join(traceback.format_exception(error))
    (artifacts_folder(folder) / TRACEBACK).write_text(text)


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write how the cell stands, replacing the last record at once or not at all."""
    partial = folder / "record.json.partial"
    partial.write_text(json.dumps(record, indent=1, sort_keys=True))
    partial.replace(folder / "record.json")
