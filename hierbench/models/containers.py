"""Data and prior scales as `pm.Data`, so that one compiled model serves every value of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm

from hierbench.models.hyperpriors import SCALED, Tensor
from hierbench.records import Arrays, Dataset, Hyperprior

__all__ = ["contain", "coords_of", "scales_of", "values_of"]

ROWS = ("x", "y", "group_index")


def values_of(dataset: Dataset, hyperprior: Hyperprior) -> dict[str, Any]:
    """Return the value of every `pm.Data` of a model: x, y, group_index (obs,) and the scales."""
    scales = {f"scale_{name}": np.float64(hyperprior.scales[name]) for name in SCALED}
    return {"x": dataset.x, "y": dataset.y, "group_index": dataset.group, **scales}


def coords_of(dataset: Dataset) -> dict[str, Any]:
    """Return positions, not labels: the compiled model serves any data of this shape."""
    return {"group": np.arange(len(dataset.labels)), "obs": np.arange(len(dataset.y))}


def contain(values: Arrays) -> dict[str, Tensor]:
    """Register `values` as `pm.Data` of the model in context and return them by name."""
    return {
        name: pm.Data(name, value, dims="obs" if name in ROWS else None)
        for name, value in values.items()
    }


def scales_of(data: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the prior scales among `data` by the parameter that they belong to."""
    return {name: data[f"scale_{name}"] for name in SCALED}
