"""Files of one cell on the local disk, written and closed before anything is sent."""

import traceback
from pathlib import Path

import pandas as pd

from hierbench.cell.fit import FittedCell
from hierbench.cell.plan import PlannedCell
from hierbench.config.compose import to_yaml
from hierbench.datatree import write
from hierbench.plots import draw
from hierbench.tracking.contract import CONFIG, PARAMETERS, POSTERIOR, TRACEBACK

__all__ = ["write_config", "write_failure", "write_fit"]


def write_config(cell: PlannedCell, artifacts: Path) -> None:
    """Write the resolved configuration."""
    (artifacts / CONFIG).write_text(to_yaml(cell.config))


def write_fit(cell: PlannedCell, fitted: FittedCell, artifacts: Path, *, plots: bool) -> None:
    """Write the draws, the table of parameters and, when asked, the plots."""
    write(fitted.tree, artifacts / POSTERIOR)
    pd.DataFrame(dict(fitted.diagnosis.parameters)).to_parquet(artifacts / PARAMETERS)
    if plots:
        (artifacts / "plots").mkdir(exist_ok=True)
        draw(fitted.tree, cell.dataset, artifacts / "plots", groups=cell.config.plots.groups)


def write_failure(error: BaseException, artifacts: Path) -> None:
    """Write the traceback of what ended the cell."""
    (artifacts / TRACEBACK).write_text("".join(traceback.format_exception(error)))
