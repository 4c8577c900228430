"""What every model's data tell of themselves, whatever they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays

__all__ = ["Dataset", "Units"]


@dataclass(frozen=True)
class Units:
    """What an outcome is in the user's own units.

    Attributes
    ----------
    name : str
        What it means, with its unit: "price [EUR]".
    scale : float
        Units of `name` per unit that the model sees, positive.
    """

    name: str
    scale: float


class Dataset(Protocol):
    """The data of one model, whatever they are made of."""

    @property
    def name(self) -> str:
        """The configuration's name of the data."""
        ...

    @property
    def arrays_sha256(self) -> str:
        """Hash of what the model sees."""
        ...

    @property
    def file_sha256(self) -> str | None:
        """Of the file's bytes; None for simulated data."""
        ...

    @property
    def coords(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of every dim that estimands have."""
        ...

    @property
    def dims(self) -> Mapping[str, tuple[str, ...]]:
        """The dims of estimands that no form tells."""
        ...

    @property
    def row_dim(self) -> str:
        """The dim of the observed values; without labels in `coords` they are numbered."""
        ...

    @property
    def sizes(self) -> Mapping[str, int]:
        """How large they are, in the model's own words: rows and groups, or others."""
        ...

    @property
    def figures(self) -> Mapping[str, float]:
        """What else a listing tells of their sizes, in words."""
        ...

    @property
    def observed(self) -> NDArray[np.float64]:
        """The outcome, dims (row_dim,)."""
        ...

    @property
    def constants(self) -> Arrays:
        """What else there is of every observed value, each dims (row_dim,)."""
        ...

    @property
    def units(self) -> Units:
        """The outcome's name, with its unit, and the way back to that unit."""
        ...

    @property
    def summary(self) -> str:
        """What they are, in Markdown, for the page of a run."""
        ...

    @property
    def scaling(self) -> str:
        """What the model's numbers are in the user's units, in a line; may be empty."""
        ...

    @property
    def attrs(self) -> Mapping[str, str | float]:
        """What a file of draws says of them."""
        ...

    @property
    def truth(self) -> Arrays | None:
        """Known values of the estimands, of simulated data only."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the loader did to them, a sentence each."""
        ...
