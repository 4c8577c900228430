"""The rows of a table as the regression sees them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.dataset import Units
from hierbench.markdown import inline
from hierbench.records import Arrays, Hyperprior

__all__ = ["Generator", "Rows"]


@dataclass(frozen=True)
class Generator:
    """The variant and hyperprior that a truth was drawn from: posteriors of no other cover it."""

    variant: str
    hyperprior: Hyperprior


@dataclass(frozen=True)
class Rows:
    """Rows of one table as the models see them, and the way back to the user's units.

    Attributes
    ----------
    name : str
        The configuration's name of the data.
    x, y : ndarray
        Dims (obs,), float64: the covariate, standardised unless the data say otherwise, and
        the outcome divided by `y_scale`.
    group : ndarray
        Dims (obs,), int64: index into `labels`.
    labels : tuple of str
        Dims (group,): the groups' own names, sorted.
    x_name, y_name : str
        What the columns mean, with their unit, for axes and tables: "area [sq ft]".
    x_mean, x_sd : float
        The standardisation, in the unit of `x_name` (0 and 1 where there is none).
    y_scale : float
        Units of `y_name` per unit of `y`, positive.
    file_sha256 : str or None
        Of the file's bytes; None for simulated data.
    truth : mapping of str to ndarray, or None
        Known values of the estimands, of simulated data only.
    notes : tuple of str
        What the loader did to the rows, a sentence each.
    drawn_from : Generator or None
        What the truth is one draw of; None where it is not a draw.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    group: NDArray[np.int64]
    labels: tuple[str, ...]
    x_name: str
    y_name: str
    x_mean: float = 0.0
    x_sd: float = 1.0
    y_scale: float = 1.0
    file_sha256: str | None = None
    truth: Arrays | None = None
    notes: tuple[str, ...] = ()
    drawn_from: Generator | None = None

    @property
    def arrays_sha256(self) -> str:
        """Hash of what the models see: x, y, group and labels."""
        digest = hashlib.sha256(json.dumps(self.labels).encode())
        for array in (self.x, self.y, self.group):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def group_sizes(self) -> NDArray[np.int64]:
        """Rows of each group, dims (group,)."""
        return np.bincount(self.group, minlength=len(self.labels))

    def original_x(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `x` in the unit of `x_name`; any shape."""
        return x * self.x_sd + self.x_mean

    def original_y(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `y` in the unit of `y_name`; any shape."""
        return y * self.y_scale

    @property
    def coords(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of the groups."""
        return {"group": self.labels}

    @property
    def dims(self) -> Mapping[str, tuple[str, ...]]:
        """None: the forms tell them."""
        return {}

    @property
    def row_dim(self) -> str:
        """The dim of the rows."""
        return "obs"

    @property
    def sizes(self) -> Mapping[str, int]:
        """Rows and groups."""
        return {"rows": len(self.y), "groups": len(self.labels)}

    @property
    def figures(self) -> Mapping[str, float]:
        """The smallest, the median and the largest group."""
        sizes = self.group_sizes
        return {
            "smallest group": int(sizes.min()),
            "median group": float(np.median(sizes)),
            "largest group": int(sizes.max()),
        }

    @property
    def observed(self) -> NDArray[np.float64]:
        """The outcome, dims (obs,)."""
        return self.y

    @property
    def constants(self) -> Arrays:
        """The covariate and the group of every row, each dims (obs,)."""
        return {"x": self.x, "group_index": self.group}

    @property
    def units(self) -> Units:
        """The outcome's name and scale."""
        return Units(self.y_name, self.y_scale)

    @property
    def summary(self) -> str:
        """How many rows and groups, and of what, in Markdown."""
        return (
            f"{len(self.y)} rows, {len(self.labels)} groups; {inline(self.y_name)} on "
            f"{inline(self.x_name)}"
        )

    @property
    def scaling(self) -> str:
        """What the model's y and x are in the user's units."""
        scaled = f" / {self.y_scale:,.7g}" if self.y_scale != 1 else ""
        x = self.x_name
        if (self.x_mean, self.x_sd) != (0.0, 1.0):
            x = f"({x} \N{MINUS SIGN} {self.x_mean:,.5g}) / {self.x_sd:,.5g}"
        return f"y = {self.y_name}{scaled},  x = {x}"

    @property
    def attrs(self) -> Mapping[str, str | float]:
        """The way back to the user's units."""
        return {
            "x_name": self.x_name,
            "x_mean": self.x_mean,
            "x_sd": self.x_sd,
            "y_name": self.y_name,
            "y_scale": self.y_scale,
        }
