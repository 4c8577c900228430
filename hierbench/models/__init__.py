"""The forms, by the name that `parameterization` gives them; light to import, knows no sampler."""

from hierbench.errors import ConfigError
from hierbench.models.contract import Form, Look, Trait
from hierbench.models.homes import NAME
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.priors import hyperprior

__all__ = ["FORMS", "NAME", "Form", "Look", "Trait", "form_of", "hyperprior"]


def form_of(name: str) -> Form:
    """Return the form of that name.

    Raises
    ------
    ConfigError
        If there is none; the sentence lists those that there are.
    """
    if name not in FORMS:
        raise ConfigError(
            f"parameterization={name}: known are {', '.join(FORMS)}; choose one of them"
        )
    return FORMS[name]
