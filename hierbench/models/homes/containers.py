"""Data and prior scales as `pm.Data`, so that one compiled model serves every value of them.

Numbers of one kind are one array: nutpie compiles longer for every `pm.Data`, and with a scalar
for each prior scale a third longer in all.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

from hierbench.models.homes.algebra.marginal import blocks_of
from hierbench.models.homes.algebra.sufficient import MOMENTS, sufficient
from hierbench.models.homes.hyperpriors import Tensor
from hierbench.models.homes.priors import SCALED
from hierbench.models.homes.rows import Rows
from hierbench.records import Arrays, Hyperprior

__all__ = ["blocks_in", "contain", "coords_of", "data_of", "moments_of", "scales_in", "scales_of"]

ROWS = ("x", "y", "group_index")


def data_of(dataset: Rows, likelihood: str) -> dict[str, Any]:
    """Return what `likelihood` needs of the data: rows (obs,), or `moments` (moment, group)."""
    if likelihood == "rowwise":
        order = apart(dataset.group, dataset.group_sizes)
        index = dataset.group[order].astype(np.uint32)  # unsigned: nothing counts from the end
        return {"x": dataset.x[order], "y": dataset.y[order], "group_index": index}
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    return {"moments": np.array([getattr(groups, name) for name in MOMENTS])}


def blocks_in(dataset: Rows) -> dict[str, Any]:
    """Return the groups' moments in `blocks`, dims (block, moment, lane)."""
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    return {"blocks": blocks_of(groups)}


def apart(group: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order of the rows, dims (obs,), that spreads each group over all of it.

    The gradient adds up its rows by group: rows of one group in a row would wait for each other.

    >>> apart(np.array([0, 0, 0, 0, 1, 1]), np.array([4, 2])).tolist()
    [0, 4, 1, 2, 5, 3]
    """
    by_group = np.argsort(group, kind="stable")
    first = np.cumsum(sizes) - sizes
    place = np.empty(len(group))
    place[by_group] = np.arange(len(group)) - first[group[by_group]]
    return np.argsort((place + 0.5) / sizes[group], kind="stable")


def scales_in(hyperprior: Hyperprior) -> dict[str, Any]:
    """Return the prior scales as one vector in the order of `SCALED`."""
    return {"scales": np.array([hyperprior.scales[name] for name in SCALED], dtype=np.float64)}


def coords_of(dataset: Rows, likelihood: str) -> dict[str, Any]:
    """Return positions, not labels: the compiled model serves any data of this shape."""
    rows = {"obs": np.arange(len(dataset.y))} if likelihood == "rowwise" else {}
    return {"group": np.arange(len(dataset.labels)), **rows}


def contain(values: Arrays) -> dict[str, Tensor]:
    """Register `values` as `pm.Data` of the model in context and return them by name."""
    return {
        name: pm.Data(name, value, dims="obs" if name in ROWS else None)
        for name, value in values.items()
    }


def scales_of(data: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the prior scales among `data` by the parameter that they belong to."""
    return {name: data["scales"][place] for place, name in enumerate(SCALED)}


def moments_of(data: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the groups' moments among `data` by name, each dims (group,)."""
    return {name: data["moments"][place] for place, name in enumerate(MOMENTS)}
