"""The models by name or by the path of a file; light to import, knows no sampler."""

from collections.abc import Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from hierbench.errors import ConfigError
from hierbench.models.able import Abilities
from hierbench.models.contract import Form, Look, Model, Trait
from hierbench.models.executed import executed
from hierbench.models.homes import MODEL as HOMES
from hierbench.models.installed import installed_file, installed_models
from hierbench.models.snapshot import Snapshot, Source, held_snapshot, latest_snapshot, snapshot_at
from hierbench.models.written import written

__all__ = [
    "LOOKS",
    "MODELS",
    "Abilities",
    "Form",
    "Look",
    "Model",
    "Source",
    "Trait",
    "form_of",
    "is_path",
    "model_from",
    "model_of",
]


def in_a_file(name: str) -> Model:
    """Return the shipped model that is written as a user would write it."""
    snapshot = snapshot_at(Path(__file__).parent / f"{name}.py", package=__name__)
    return written(snapshot, partial(import_module, f"{__name__}.{name}"), shipped=True)


MODELS: Mapping[str, Model] = {model.name: model for model in (HOMES, in_a_file("eight_schools"))}
"""Those that are shipped."""


LOOKS: Mapping[str, Look] = {
    name: form.look
    for model in reversed(list(MODELS.values()))
    for name, form in model.forms.items()
}
"""How a form of that name is drawn, whatever its model."""


def is_path(name: str) -> bool:
    """Return whether what `model` gives is the path of a file, and no model's name.

    >>> is_path("schools.py"), is_path("~/schools"), is_path("eight_schools")
    (True, True, False)
    """
    return name.endswith(".py") or "/" in name


def model_of(name: str) -> Model:
    """Return the model that the user names: shipped, installed, or by the path of its file.

    What a store says is never given to it: see `model_from`.

    Raises
    ------
    ConfigError
        If there is none, or its file is no model's.
    """
    if name in MODELS:
        return MODELS[name]
    if is_path(name):
        return in_file(Path(name).expanduser().absolute())
    offered = installed_models()
    if name not in offered:
        raise ConfigError(
            f"model={name}: known are {', '.join((*MODELS, *offered))}; choose one of them, or "
            "give the path of a model's file, such as schools.py"
        )
    path, package = installed_file(offered[name])
    return in_file(path, name, package)


def in_file(path: Path, name: str = "", package: str = "") -> Model:
    """Return the model in a file that the user names, read anew if it was edited."""
    snapshot = latest_snapshot(path, name, package)
    if snapshot.name in MODELS or (not package and snapshot.name in installed_models()):
        raise ConfigError(
            f"model={path}: {snapshot.name} is the name of another model, which "
            "`hierbench model list` shows; rename the file"
        )
    return model_in(snapshot)


@cache
def model_from(source: Source) -> Model:
    """Return the model in a file whose bytes were recorded before.

    Raises
    ------
    ConfigError
        If the file is gone, or holds something else now.
    """
    return model_in(held_snapshot(source))


@cache
def model_in(snapshot: Snapshot) -> Model:
    """Return the model of a snapshot, made once."""
    return written(snapshot, partial(executed, snapshot))


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
