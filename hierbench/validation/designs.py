"""The designs of simulation-based calibration, and the two verdicts on a form."""

from collections.abc import Sequence

from hierbench.config.schema import Config
from hierbench.errors import ConfigError
from hierbench.models import Model, model_of
from hierbench.models.contract import Design

__all__ = ["FAMILY_WISE_LEVEL", "NOT_UNIFORM", "UNIFORM", "asked_model", "design", "expected"]

FAMILY_WISE_LEVEL = 0.01
"""Chance that a right form is called not uniform in any of its estimands."""

UNIFORM, NOT_UNIFORM = "uniform", "not uniform"


def asked_model(overrides: Sequence[str]) -> Model:
    """Return the model that overrides name, else the default one.

    Raises
    ------
    ConfigError
        If there is none of that name.
    """
    named = [text.partition("=")[2] for text in overrides if text.startswith("model=")]
    return model_of(named[-1].strip("'\"") if named else Config().model)


def design(model: Model, name: str) -> Design:
    """Return the design of that name.

    Raises
    ------
    ConfigError
        If the model has none.
    """
    if name not in model.designs:
        raise ConfigError(
            f"--design {name}: model={model.name} has {', '.join(model.designs) or 'none'}; "
            "choose one of them"
        )
    return model.designs[name]


def expected(of: Design, form: str) -> str:
    """Return the verdict that is expected of a form."""
    return UNIFORM if of.expected[form] else NOT_UNIFORM
