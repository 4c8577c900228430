"""Whether a built form is what its file promises; asked before anything is fitted."""

from collections.abc import Mapping, Sequence

import numpy as np
import pymc as pm
from pymc.distributions.continuous import FlatRV, HalfFlatRV
from pytensor.graph.traversal import ancestors

from hierbench.models.columns import Columns

__all__ = ["fault_of_form"]

MINIBATCH = "MinibatchOp"
IMPUTED = "_unobserved"


def fault_of_form(
    model: pm.Model,
    dataset: Columns,
    estimands: Sequence[str],
    dims: Mapping[str, tuple[str, ...]],
    *,
    completed: bool,
) -> str:
    """Return what keeps a form from being fitted, in a few words; empty where nothing does.

    Parameters
    ----------
    dims : mapping of str to tuple of str
        Those of the estimands in the first form that has all of them.
    completed : bool
        Whether a function of the file draws the estimands that the form lacks.
    """
    missing = [name for name in estimands if name not in model.named_vars]
    if missing and not completed:
        return (
            f"it has no {', '.join(missing)}: every form must give all ESTIMANDS, as a variable or "
            "a pm.Deterministic; add it, or draw it in COMPLETE"
        )
    for name in estimands:
        own = tuple(map(str, model.named_vars_to_dims.get(name) or ()))
        if name in model.named_vars and own != dims.get(name, ()):
            return (
                f"its {name} has the dims {shown(own)}, and another form's has "
                f"{shown(dims.get(name, ()))}; give both the same dims"
            )
    return fault_of_variables(model) or fault_of_observed(model, dataset)


def fault_of_variables(model: pm.Model) -> str:
    """Return what is wrong with the variables that would be sampled."""
    for variable in model.free_RVs:
        if variable.name.endswith(IMPUTED):
            return (
                f"{variable.name.removesuffix(IMPUTED)} is observed with missing values; leave "
                "those rows out in data(), or sample them as a variable of their own"
            )
        if variable.dtype.startswith(("int", "uint", "bool")):
            return (
                f"{variable.name} is discrete, which NUTS cannot sample; sum it out, as pm.Mixture "
                "does"
            )
        if isinstance(variable.owner.op, FlatRV | HalfFlatRV):
            return (
                f"{variable.name} is flat, so that no prior can be drawn from; give it a wide "
                "Normal whose scale is in PRIOR"
            )
    if not model.free_RVs:
        return "it samples nothing: it has no free variable"
    if not model.observed_RVs and not model.potentials:
        return "it observes nothing: give a variable observed=data[...], or add a pm.Potential"
    graph = ancestors([*model.observed_RVs, *model.potentials])
    if any(node.owner is not None and type(node.owner.op).__name__ == MINIBATCH for node in graph):
        return "it uses pm.Minibatch, and NUTS needs the likelihood of all rows; leave it out"
    return ""


def fault_of_observed(model: pm.Model, dataset: Columns) -> str:
    """Return what is wrong with the data that the likelihood reads."""
    observed = [model.rvs_to_values[variable] for variable in model.observed_RVs]
    read = {str(node.name) for node in ancestors([*observed, *model.potentials])}
    for name, array in dataset.arrays.items():
        lacks = np.isnan(array) if np.issubdtype(array.dtype, np.floating) else np.zeros(1, bool)
        if name in read and lacks.any():
            row = int(np.argwhere(np.atleast_1d(lacks))[0][0])
            return (
                f"the observed array {name} has a missing value (row {row + 1}); leave such rows "
                "out in data()"
            )
    return ""


def shown(dims: Sequence[str]) -> str:
    """Return dims in words.

    >>> shown(["school"]), shown([])
    ('(school)', '(none)')
    """
    return f"({', '.join(dims) or 'none'})"
