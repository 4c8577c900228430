"""What the graph of a form tells without being evaluated."""

from typing import Any

import numpy as np
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors

from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.outcome import perturbed
from hierbench.models.rivals.setting import SCALES, Built
from hierbench.samplers.graph_words import GraphWords, NoWordsError

__all__ = ["constants_fixed", "free_variables", "reaching", "same_graph"]


def same_graph(first: Built, second: Built) -> str:
    """Return what differs between the log density graphs of two builds, empty for nothing."""
    one, two = first.density, second.density
    changed = changed_constant(one, two)
    if changed:
        return changed
    try:
        words = [words_of(one.model, one.density) for one in (first, second)]
    except NoWordsError:
        return ""
    return "" if words[0] == words[1] else "its operations differ"


def words_of(model: Any, density: Any) -> Any:
    """Return the words of the graph of a log density."""
    words = GraphWords(model.value_vars)
    words.add([density])
    return words.words()


def changed_constant(first: Any, second: Any) -> str:
    """Return the first constant that differs between two graphs of one shape, in words."""
    one, two = constants_in(first), constants_in(second)
    if len(one) != len(two):
        return f"it holds {len(one)} constants, then {len(two)}"
    for before, after in zip(one, two, strict=True):
        if np.shape(before) != np.shape(after):
            return f"a constant of shape {np.shape(before)} becomes one of {np.shape(after)}"
        if not equal(before, after):
            if np.size(before) == 1:
                return f"a constant {np.ravel(before)[0]:.6g} becomes {np.ravel(after)[0]:.6g}"
            return f"a constant array of shape {np.shape(before)} changes"
    return ""


def constants_in(graph: Any) -> list[Any]:
    """Return the numeric constants of a graph, in the order in which it is walked."""
    found = [one.data for one in ancestors([graph]) if isinstance(one, Constant)]
    return [one for one in found if isinstance(one, np.ndarray | np.generic | int | float)]


def equal(one: Any, two: Any) -> bool:
    """Return whether two constants are equal; not a number equals itself."""
    if np.asarray(one).dtype.kind in "fc":
        return np.array_equal(one, two, equal_nan=True)
    return np.array_equal(one, two)


def free_variables(built: Built) -> Answer:
    """Return whether the form can be sampled by NUTS as it stands."""
    model, name = built.model, built.name
    for one in model.free_RVs:
        if str(one.name).endswith("_unobserved"):
            return False, (
                f"{name}: values of {str(one.name).removesuffix('_unobserved')} are missing, and "
                "PyMC makes them parameters: drop the rows, or write the missing values as an "
                "estimand"
            )
        if one.dtype not in ("float64", "float32"):
            return False, (
                f"{name}: {one.name} is discrete, and NUTS moves in continuous space alone: sum it "
                "out of the density"
            )
    observed = [model.rvs_to_values[one] for one in model.observed_RVs]
    for every in ancestors([*model.basic_RVs, *observed, *model.potentials]):
        if every.owner is not None and "Minibatch" in type(every.owner.op).__name__:
            return False, f"{name}: a minibatch makes another density at each step: give all rows"
    values = built.setting.values(built.form, built.setting.prior())
    for of in built.outcome:
        if np.asarray(values[of]).dtype.kind == "f" and np.isnan(values[of]).any():
            return False, f"{name}: {of} has missing values: drop these rows in data(table)"
    flat = [
        str(one.name)
        for one in model.free_RVs
        if type(one.owner.op).__name__ in ("FlatRV", "HalfFlatRV")
    ]
    if flat:
        return True, (
            f"{name}: {', '.join(flat)} has a flat prior, so that no draw of the prior can be made"
        )
    return True, f"{name} has {len(model.free_RVs)} continuous free variables"


def reaching(built: Built) -> Answer:
    """Return whether every free variable reaches the likelihood or a Potential."""
    model = built.model
    if not model.observed_RVs and not model.potentials:
        return False, f"{built.name} observes nothing: add observed=data[...] to one variable"
    reached = set(ancestors([*model.observed_RVs, *model.potentials]))
    lost = [str(one.name) for one in model.free_RVs if one not in reached]
    if lost:
        return False, (
            f"{built.name}: {', '.join(lost)} reaches no observed variable: remove it, or use it"
        )
    return True, f"{built.name}: every free variable reaches the likelihood"


def constants_fixed(built: Built) -> Answer:
    """Return whether the graph is the same for other prior scales and other data."""
    setting, form = built.setting, built.form
    graph = built.density
    other = setting.build(form, setting.prior(SCALES[1]))
    changed = changed_constant(graph, other.logp())
    if changed:
        return False, (
            f"{built.name} would compile anew for each prior scale: {changed}; read it from scale"
        )
    data = perturbed(setting.dataset, setting.rng("perturbed"))
    changed = changed_constant(graph, setting.build(form, setting.prior(), data).logp())
    if changed:
        return False, (
            f"{built.name} would compile anew for other data of this shape: {changed}; read it "
            "from data"
        )
    return True, f"{built.name}: no constant changes with data or prior scale"
