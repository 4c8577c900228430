"""The cells of a comparison as one table, fresh, read back from the store or from a file."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from hierbench.records import RunStatus

__all__ = [
    "FACTS",
    "Cell",
    "cell_rows",
    "cells_frame",
    "is_number",
    "metrics_of",
    "params_of",
    "tidied",
]

FACTS = (
    "posterior",
    "gate",
    "gate_failures",
    "failure",
    "worst",
    "timing_valid",
    "timing_reasons",
    "cell_key",
    "draws_digest",
    "fingerprint",
)
"""Tags that a comparison keeps, by their own names."""

IDENTITY = ("run_id", "sweep_id", "status", *FACTS)


class Cell(Protocol):
    """What a comparison needs of a cell, fresh or read back from the store."""

    @property
    def status(self) -> RunStatus:
        """How it ended."""
        ...

    @property
    def params(self) -> Mapping[str, str]:
        """The flat configuration."""
        ...

    @property
    def metrics(self) -> Mapping[str, float]:
        """The tracking contract's."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """Ours, without the prefix."""
        ...


def cell_rows(cells: Sequence[Cell]) -> list[dict[str, str | float]]:
    """Return status, parameters, metrics and tags of each cell, one flat mapping per cell."""
    return [
        {
            "run_id": str(getattr(cell, "run_id", "")),
            "status": str(cell.status),
            **cell.params,
            **cell.metrics,
            **{f"tag.{name}": value for name, value in cell.tags.items() if "." not in name},
        }
        for cell in cells
    ]


def cells_frame(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return the table of `cells`, as `Comparison.cells` describes it."""
    return tidied(pd.DataFrame(cell_rows(cells)))


def tidied(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table of rows that `cell_rows` gave, fresh or back from a file.

    Text is configuration and numbers are metrics: `cell_rows` keeps the two apart by type. A
    number that is infinite counts as missing.
    """
    given = {str(name): rows[name] for name in rows.columns}
    tags = {name: given.get(f"tag.{name}") for name in ("sweep_id", *FACTS)}
    own = {"run_id": given.get("run_id"), "status": given.get("status"), **tags}
    count = len(rows)
    columns = {
        name: [""] * count if column is None else texts(column) for name, column in own.items()
    }
    rest = {
        name: column
        for name, column in given.items()
        if name not in own and not name.startswith("tag.")
    }
    params = {name: texts(column) for name, column in rest.items() if not is_number(column)}
    metrics = {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, column in rest.items()
        if is_number(column)
        for values in [column.to_numpy(dtype=np.float64, na_value=np.nan)]
    }
    return pd.DataFrame({**columns, **params, **metrics})


def is_number(column: "pd.Series[float]") -> bool:
    """Return whether a column holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column.dtype))


def texts(column: "pd.Series[str]") -> list[str]:
    """Return a column as text, empty where nothing is."""
    missing = column.isna().to_numpy()
    return [
        "" if gone else str(value) for value, gone in zip(column.tolist(), missing, strict=True)
    ]


def params_of(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of `cells` that are configuration."""
    return tuple(str(name) for name in cells if name not in IDENTITY and not is_number(cells[name]))


def metrics_of(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of `cells` that are metrics and that some cell has."""
    return tuple(
        str(name)
        for name in cells
        if name != "setting" and is_number(cells[name]) and bool(cells[name].notna().any())
    )
