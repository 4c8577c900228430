"""The models by name; light to import, knows no sampler."""

from collections.abc import Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from hierbench.errors import ConfigError
from hierbench.models.able import Abilities
from hierbench.models.contract import Form, Look, Model, Trait
from hierbench.models.homes import MODEL as HOMES
from hierbench.models.written import written

__all__ = [
    "LOOKS",
    "MODELS",
    "Abilities",
    "Form",
    "Look",
    "Model",
    "Trait",
    "abilities_of",
    "form_of",
    "model_of",
]


def in_a_file(name: str) -> Model:
    """Return the shipped model that is written as a user would write it."""
    return written(
        Path(__file__).parent / f"{name}.py", partial(import_module, f"{__name__}.{name}")
    )


MODELS: Mapping[str, Model] = {model.name: model for model in (HOMES, in_a_file("eight_schools"))}


LOOKS: Mapping[str, Look] = {
    name: form.look
    for model in reversed(list(MODELS.values()))
    for name, form in model.forms.items()
}
"""How a form of that name is drawn, whatever its model."""


def model_of(name: str) -> Model:
    """Return the model of that name.

    Raises
    ------
    ConfigError
        If there is none; the sentence lists those that there are.
    """
    if name not in MODELS:
        raise ConfigError(f"model={name}: known are {', '.join(MODELS)}; choose one of them")
    return MODELS[name]


def form_of(model: Model, name: str) -> Form:
    """Return the form of that name.

    Raises
    ------
    ConfigError
        If the model has none; the sentence lists those that there are.
    """
    if name not in model.forms:
        raise ConfigError(
            f"parameterization={name}: known are {', '.join(model.forms)}; choose one of them"
        )
    return model.forms[name]


@cache
def abilities_of(name: str) -> Abilities:
    """Return what a model can do; imports PyMC at the first call."""
    return model_of(name).load()
