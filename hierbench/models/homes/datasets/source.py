"""What a data set's own module says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hierbench.config.schema import DataConfig
from hierbench.records import Dataset

__all__ = ["DataSource"]


@dataclass(frozen=True)
class DataSource:
    """One data set; no field has a default, so that none is forgotten.

    Attributes
    ----------
    origin : str
        What it is and where it is from, in a line.
    load : callable
        From what is asked to the data.
    keys : tuple of str
        The keys of `data` that it reads and most others do not; with any of them its size is the
        user's.
    prepare : callable or None
        From a raw file to its cleaned columns; None where nothing is to be cleaned.
    """

    origin: str
    load: Callable[[DataConfig], Dataset]
    keys: tuple[str, ...]
    prepare: Callable[[Path], pd.DataFrame] | None
