"""From a cleaned table to the `Rows`: group codes, standardisation and the scale of y.

Owns the arithmetic that every loader shares. Knows nothing of files.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.config.options import own_value
from hierbench.config.schema import DataConfig
from hierbench.errors import DataError
from hierbench.models.homes.datasets.table import Columns
from hierbench.models.homes.rows import Rows

__all__ = ["TABLE", "assemble", "encode", "standardise"]

TABLE = ("y_scale", "standardize")
"""The keys of `data` that every table reads."""


def assemble(
    config: DataConfig,
    frame: pd.DataFrame,
    columns: Columns,
    *,
    file_sha256: str | None = None,
    notes: tuple[str, ...] = (),
) -> Rows:
    """Return the data set of a cleaned table, its rows in the table's order.

    Parameters
    ----------
    frame
        Text in the group's column, finite numbers in those of x and y.

    Raises
    ------
    DataError
        There are fewer than two groups, or x is to be standardised and does not vary.
    """
    y_scale: float = own_value(config, "y_scale")
    group, labels = encode(frame[columns.group])
    if len(labels) < 2:
        raise DataError(
            f"data={config.name}: column '{columns.group}' holds {len(labels)} group "
            f"({', '.join(labels)}); a hierarchical model needs at least 2; group by another column"
        )
    x, x_mean, x_sd = frame[columns.x].to_numpy(dtype=np.float64), 0.0, 1.0
    if own_value(config, "standardize"):
        x, x_mean, x_sd = standardise(x, columns.x)
    return Rows(
        name=config.name,
        x=x,
        y=frame[columns.y].to_numpy(dtype=np.float64) / y_scale,
        group=group,
        labels=labels,
        x_name=columns.x_name,
        y_name=columns.y_name,
        x_mean=x_mean,
        x_sd=x_sd,
        y_scale=y_scale,
        file_sha256=file_sha256,
        notes=notes,
    )


def encode(groups: Sequence[str] | pd.Series) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return each row's index into the sorted distinct labels, dims (obs,), and the labels.

    >>> encode(["b", "a", "b"])
    (array([1, 0, 1]), ('a', 'b'))
    """
    codes, labels = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    return codes.astype(np.int64), tuple(labels)


def standardise(x: NDArray[np.float64], name: str) -> tuple[NDArray[np.float64], float, float]:
    """Return `x` with mean 0 and sd 1 (ddof 0), and the mean and sd it had.

    Raises
    ------
    DataError
        The values do not vary beyond rounding.
    """
    mean, sd = float(x.mean()), float(x.std())
    if sd <= 1e-12 * np.abs(x).max():
        raise DataError(
            f"column '{name}' is {x[0]:g} in every row; standardising needs values that vary; "
            "choose another data.x, or set data.standardize=false"
        )
    return (x - mean) / sd, mean, sd
