"""The observed values in a data set of any model: found, replaced, and all data perturbed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.graph.traversal import ancestors

from hierbench.records import Arrays

__all__ = ["outcome_names", "perturbed", "shifted", "with_outcome"]


def outcome_names(dataset: Any, model: Any) -> tuple[str, ...]:
    """Return the names of the arrays that hold what is observed.

    Of data that are named arrays these are the arrays that the values of the observed variables
    of `model` are made of; of other data the field that `observed` gives.
    """
    if not hasattr(dataset, "arrays"):
        observed = dataset.observed
        return tuple(
            field.name for field in fields(dataset) if getattr(dataset, field.name) is observed
        )
    roots = set(ancestors([model.rvs_to_values[one] for one in model.observed_RVs]))
    found = [
        str(one.name) for one in model.data_vars if one in roots and one.name in dataset.arrays
    ]
    own = dataset.outcome.array
    return tuple(found) or ((own,) if own else ())


def with_outcome(dataset: Any, outcome: Arrays) -> Any:
    """Return the data with other observed values, by the names that `outcome_names` gives."""
    if not hasattr(dataset, "arrays"):
        return replace(dataset, **outcome)
    cast = {name: np.asarray(of).astype(dataset.arrays[name].dtype) for name, of in outcome.items()}
    return replace(dataset, arrays={**dataset.arrays, **cast})


def shifted(dataset: Any, names: tuple[str, ...]) -> Any:
    """Return the data with every observed value one larger: what changes depends on it."""
    arrays = dataset.arrays if hasattr(dataset, "arrays") else vars(dataset)
    return with_outcome(dataset, {name: np.asarray(arrays[name]) + 1 for name in names})


def perturbed(dataset: Any, rng: np.random.Generator) -> Any:
    """Return data of the same shapes and kinds with other values.

    Arrays of one length are put into one other order, and numbers that are not whole grow by up to
    a tenth as well, so that indices, counts and signs stay what they are.
    """
    orders: dict[int, NDArray[np.int64]] = {}

    def other(value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "iufb" or not value.size:
            return value
        if value.ndim:
            order = orders.setdefault(len(value), rng.permutation(len(value)))
            value = value[order]
        if value.dtype.kind == "f" and not (value == np.round(value)).all():
            value = value * (1.0 + 0.1 * rng.uniform(size=value.shape))
        return value

    changed: dict[str, Any] = {}
    for field in fields(dataset):
        value = getattr(dataset, field.name)
        if isinstance(value, np.ndarray):
            changed[field.name] = other(value)
        elif isinstance(value, Mapping) and any(isinstance(x, np.ndarray) for x in value.values()):
            changed[field.name] = {name: other(one) for name, one in value.items()}
    return replace(dataset, **changed)
