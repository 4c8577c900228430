"""The data of a model that is written in one file: named arrays with labels."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.dataset import Units
from hierbench.markdown import inline
from hierbench.records import Arrays, Hyperprior

__all__ = ["Columns", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What a model observes.

    Attributes
    ----------
    variable : str
        The observed variable; empty where there is not exactly one of at most one dim.
    array : str
        The array of the data that holds it.
    dim : str
        Its dim.
    """

    variable: str
    array: str
    dim: str


@dataclass(frozen=True)
class Columns:
    """Arrays as a model's `data` gives them.

    Attributes
    ----------
    name : str
        The configuration's name of the data.
    arrays : mapping of str to ndarray
        Every array that its forms may read.
    coords : mapping of str to tuple of str
        The labels of every dim.
    dims : mapping of str to tuple of str
        The dims of the estimands that have any.
    outcome : Outcome
        What of it is observed.
    file_sha256 : str or None
        Of the file's bytes; None for simulated data.
    truth : mapping of str to ndarray, or None
        Known values of the estimands.
    drawn_from : Hyperprior or None
        What the truth is one draw of.
    notes : tuple of str
        What the loader did, a sentence each.
    """

    name: str
    arrays: Arrays
    coords: Mapping[str, tuple[str, ...]]
    dims: Mapping[str, tuple[str, ...]]
    outcome: Outcome
    file_sha256: str | None = None
    truth: Arrays | None = None
    drawn_from: Hyperprior | None = None
    notes: tuple[str, ...] = ()

    @property
    def arrays_sha256(self) -> str:
        """Hash of what the model sees: names, types, shapes and bytes, and the labels."""
        digest = hashlib.sha256(json.dumps(dict(self.coords), sort_keys=True).encode())
        for name, array in sorted(self.arrays.items()):
            value = np.ascontiguousarray(array)
            digest.update(f"{name} {value.dtype.str} {value.shape}".encode())
            digest.update(value.tobytes())
        return digest.hexdigest()

    @property
    def row_dim(self) -> str:
        """The dim of the observed values."""
        return self.outcome.dim or "obs"

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many labels each dim has."""
        return {dim: len(labels) for dim, labels in self.coords.items()}

    @property
    def figures(self) -> Mapping[str, float]:
        """Nothing: what its dims mean is the user's."""
        return {}

    @property
    def observed(self) -> NDArray[np.float64]:
        """The outcome, dims (row_dim,)."""
        if not self.outcome.array:
            return np.empty(0)
        return np.atleast_1d(np.asarray(self.arrays[self.outcome.array], dtype=np.float64))

    @property
    def constants(self) -> Arrays:
        """The other arrays of the outcome's length."""
        length = len(self.observed)
        return {
            name: array
            for name, array in self.arrays.items()
            if name != self.outcome.array and np.shape(array) == (length,)
        }

    @property
    def units(self) -> Units:
        """The outcome's own name; its numbers are the user's."""
        return Units(self.outcome.array, 1.0)

    @property
    def summary(self) -> str:
        """Its dims and their sizes, in Markdown."""
        return ", ".join(f"{size} x {inline(dim)}" for dim, size in self.sizes.items())

    @property
    def scaling(self) -> str:
        """Nothing: the numbers are the user's own."""
        return ""

    @property
    def attrs(self) -> Mapping[str, str | float]:
        """What the outcome is called."""
        return {"outcome": self.outcome.array}
