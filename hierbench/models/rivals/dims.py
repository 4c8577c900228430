"""The estimands of a form: all there, with the dims and shapes of the other form."""

import numpy as np

from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.forward import Drawn
from hierbench.models.rivals.outcome import with_outcome
from hierbench.models.rivals.setting import Built
from hierbench.records import Arrays

__all__ = ["completed_dims", "completion", "same_dims"]


def same_dims(built: Built, reference: Built | None, estimands: tuple[str, ...]) -> Answer:
    """Return whether a form gives every estimand with the dims of the form it is compared with."""
    missing = [name for name in estimands if name not in built.model.named_vars]
    if missing and not built.form.integrated:
        return False, (
            f"{built.name} has no {', '.join(missing)}: add it as a variable or pm.Deterministic, "
            "or draw it in COMPLETE"
        )
    if built.model.value_vars and not built.estimands:
        return False, f"{built.name} has no estimand as a variable: name one in ESTIMANDS"
    if reference is None or reference is built:
        return True, f"{built.name} has every estimand"
    shapes, wanted = (
        {name: of.shape for name, of in one.start_estimands.items()} for one in (built, reference)
    )
    for name in built.estimands:
        own = built.model.named_vars_to_dims.get(name)
        other = reference.model.named_vars_to_dims.get(name)
        if tuple(own or ()) != tuple(other or ()):
            return False, (
                f"{built.name}: {name} has dims {tuple(own or ())}, in {reference.name} "
                f"{tuple(other or ())}: give both the same dims="
            )
        if shapes[name] != wanted[name]:
            return False, (
                f"{built.name}: {name} has shape {shapes[name]}, in {reference.name} {wanted[name]}"
            )
    for dim, labels in built.model.coords.items():
        there = reference.model.coords.get(dim, labels)
        if labels is not None and there is not None and tuple(labels) != tuple(there):
            return False, f"{built.name}: the labels of {dim} are not those of {reference.name}"
    return True, f"{built.name}: the estimands have the dims of {reference.name}"


def completed_dims(built: Built, reference: Built, drawn: Drawn) -> Answer:
    """Return whether COMPLETE gives all that is left, with the shapes of the whole form."""
    wanted = [name for name in reference.estimands if name not in built.estimands]
    hyper = {name: drawn.estimands[name][:2] for name in built.estimands}
    found = completion(built, hyper, drawn.row(0), np.random.default_rng(0))
    for name in wanted:
        if name not in found:
            return False, f"{built.name}: COMPLETE gives no {name}"
        shape = tuple(np.shape(drawn.estimands[name][0]))
        if found[name].shape != (2, *shape):
            return False, (
                f"{built.name}: COMPLETE gives {name} of shape {found[name].shape[1:]} for each "
                f"draw, in {reference.name} it has {shape}"
            )
    return True, f"{built.name}: COMPLETE gives {', '.join(wanted)} with the right shapes"


def completion(built: Built, hyper: Arrays, observed: Arrays, rng: np.random.Generator) -> Arrays:
    """Return what a form integrates out, drawn given its own estimands and observed values.

    Parameters
    ----------
    hyper : mapping of str to ndarray
        Each (draw, *dims).
    observed : mapping of str to ndarray
        By the name of the array of the data that it replaces.
    """
    setting = built.setting
    complete = setting.abilities.complete
    if complete is None:
        raise LookupError("the model has no COMPLETE")
    dataset = with_outcome(setting.dataset, observed)
    values = setting.values(built.form, setting.prior(), dataset)
    chains = {name: of[None] for name, of in hyper.items()}
    found = complete(built.form, chains, values, dataset, rng, cores=1)
    return {name: np.asarray(of)[0] for name, of in found.items() if name not in hyper}
