"""What a sampler compiles: one model, in the languages that samplers read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["Source"]


@dataclass(frozen=True)
class Source:
    """One model, as the samplers take it.

    Attributes
    ----------
    pymc : Model
        Its `pm.Data` are filled; a compiled model serves every value of them.
    stan : str or None
        The same model as a Stan program, None where nobody wrote one. Its data are the model's
        `pm.Data` by name, and `stan_constants`.
    stan_constants : mapping of str to int
        Data of the Stan program that do not change while the compiled model lives.
    """

    pymc: "pm.Model"
    stan: str | None = None
    stan_constants: Mapping[str, int] = field(default_factory=dict)
