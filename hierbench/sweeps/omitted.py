"""What a user leaves out, or names by one word, filled in from the model of each cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hierbench.config.quoting import word
from hierbench.config.schema import ALL_FORMS, Config
from hierbench.models import Model, form_of, model_of

__all__ = ["composed_without", "every_form", "with_own"]


def composed_without() -> dict[str, str]:
    """Return what is composed where nobody chooses model, data, prior and parameterization."""
    default = Config()
    return {
        "model": default.model,
        "data": default.data.name,
        "prior": default.prior.name,
        "parameterization": default.parameterization,
    }


def with_own(overrides: Sequence[str], chosen: Mapping[str, str] | None = None) -> list[str]:
    """Return a cell's overrides with its model's own data, prior and form, where it has others.

    Of its data it is the first that reads the keys of `data` that the user gave.

    Parameters
    ----------
    chosen : mapping of str to str
        What is composed without the overrides; None: the defaults.

    Raises
    ------
    ConfigError
        If there is no model of the name that the overrides give.
    """
    default = composed_without()
    base = default if chosen is None else chosen
    typed = {
        key.lstrip("+"): value for key, _, value in (text.partition("=") for text in overrides)
    }
    model = model_of(typed.get("model", base["model"]).strip("'\""))
    own = {"data": data_for(model, typed), "prior": model.priors[0]}
    if default["parameterization"] not in model.forms:
        own["parameterization"] = model.own_form
    added = [
        f"{key}={value}"
        for key, value in own.items()
        if key not in typed and base[key] == default[key] != value
    ]
    if model.own_file and "data.path" not in typed:
        added.append(f"data.path={word(model.own_file)}")
    return [*added, *overrides]


def data_for(model: Model, typed: Mapping[str, str]) -> str:
    """Return the first of the model's data that reads all keys of `data` that were typed."""
    keys = {name.removeprefix("data.") for name in typed if name.startswith("data.")}
    own = next(iter(model.data))
    if not model.source_sha256:
        return own
    return next((name for name, one in model.data.items() if keys <= {*one.keys}), own)


def every_form(config: Config) -> Iterator[Config]:
    """Yield `config`; once for each form of its model where it asks for all.

    Raises
    ------
    ConfigError
        If there is no such model or form.
    """
    model = model_of(config.model)
    if config.parameterization != ALL_FORMS:
        yield replace(config, parameterization=form_of(model, config.parameterization).name)
        return
    for form in model.forms:
        yield replace(config, parameterization=form)
