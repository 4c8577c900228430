"""What a model says of itself, and what it can do; light to import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hierbench.config.schema import Config, DataConfig, PriorConfig
from hierbench.dataset import Dataset
from hierbench.models.able import Abilities
from hierbench.models.snapshot import Source
from hierbench.records import Hyperprior, Neck

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DataSource",
    "Design",
    "Form",
    "Look",
    "Model",
    "Trait",
]

type Floats = NDArray[np.float64]


class Trait(Flag):
    """What a form may be beside the others."""

    NONE = 0
    INTEGRATED = auto()
    """Some estimands are no variables of it: `Abilities.complete` draws them."""

    STAN = auto()
    """It has a Stan program."""

    CONTROL = auto()
    """It is deliberately bad: a gate that passes it sees nothing."""


@dataclass(frozen=True)
class Look:
    """How a form is drawn; colours as #rrggbb.

    Attributes
    ----------
    colour : str
        Of its runs in the MLflow UI, and of its drawings.
    light, dark : str
        The same in the report, with a contrast of 3 or more on white and on dark paper.
    marker : str
        Of matplotlib: nobody needs to see colours.
    """

    colour: str
    light: str
    dark: str
    marker: str


@dataclass(frozen=True)
class Form:
    """One way to write a model; no field has a default, so that none is forgotten.

    Attributes
    ----------
    name : str
        As in the configuration.
    variant : str
        Forms of one variant share a posterior.
    dims : mapping of str to tuple of str
        The dims of every variable that has any, as far as they are known before it is built.
    likelihoods : tuple of str
        Those that it can be written with.
    traits : Trait
        What it is beside the others.
    look : Look
        How it is drawn.
    """

    name: str
    variant: str
    dims: Mapping[str, tuple[str, ...]]
    likelihoods: tuple[str, ...]
    traits: Trait
    look: Look

    @property
    def integrated(self) -> bool:
        """Whether some estimands are no variables of it."""
        return Trait.INTEGRATED in self.traits


@dataclass(frozen=True)
class DataSource:
    """One data set of a model; no field has a default, so that none is forgotten.

    Attributes
    ----------
    origin : str
        What it is and where it is from, in a line.
    load : callable
        From what is asked to the data.
    keys : tuple of str
        All the keys of `data` that it reads, its name left out.
    prepare : callable or None
        From a raw file to its cleaned columns; None where nothing is to be cleaned.
    """

    origin: str
    load: Callable[[DataConfig], Dataset]
    keys: tuple[str, ...]
    prepare: "Callable[[Path], pd.DataFrame] | None"


@dataclass(frozen=True)
class Design:
    """Data and prior that truths are drawn on, how long is sampled, and the verdicts expected.

    Attributes
    ----------
    overrides : tuple of str
        In Hydra's grammar; a user's own come behind them.
    expected : mapping of str to bool
        Of every form that is calibrated, whether its ranks are expected to be uniform.
    reasons : mapping of str to str
        Why a form is expected to fail.
    """

    overrides: tuple[str, ...]
    expected: Mapping[str, bool]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Model:
    """A joint distribution in several forms; no field has a default, so that none is forgotten.

    Attributes
    ----------
    name : str
        As `model` gives it.
    summary : str
        What it is, in a line.
    source : Source or None
        Where its file lies; None for a model that is shipped.
    source_sha256 : str
        Of the syntax of the files that it is written in; empty: it is no file of its own.
    forms : mapping of str to Form
        By name; one named noncentered is chosen where nobody chooses, else the first.
    blocks : mapping of str to tuple of str
        The estimands, by block: what every form gives, whatever it samples.
    necks : tuple of Neck
        Scales along which divergences are located.
    data : mapping of str to DataSource
        By name; the first is the model's own.
    own_file : str
        The table that is read where `data.path` is left out; empty: none.
    priors : tuple of str
        The names of its priors, its own first.
    hyperprior : callable
        From what is asked and a variant to the prior scales, `prior.scale` multiplied in.
    check : callable
        Raises ConfigError for what a cell asks of the data and they do not have.
    warnings : callable
        Sentences on what in the data is doubtful for a form.
    designs : mapping of str to Design
        Of simulation-based calibration, by name.
    validated : tuple of tuple of str
        Overrides of the data that `validate` fits where none are named.
    load : callable
        Gives the abilities, the same at each call; imports what they need.
    """

    name: str
    summary: str
    source: Source | None
    source_sha256: str
    forms: Mapping[str, Form]
    blocks: Mapping[str, tuple[str, ...]]
    necks: tuple[Neck, ...]
    data: Mapping[str, DataSource]
    own_file: str
    priors: tuple[str, ...]
    hyperprior: Callable[[PriorConfig, str], Hyperprior]
    check: Callable[[Any, Form, Hyperprior, Config], None]
    warnings: Callable[[Any, Form], list[str]]
    designs: Mapping[str, Design]
    validated: tuple[tuple[str, ...], ...]
    load: Callable[[], Abilities]

    @property
    def estimands(self) -> tuple[str, ...]:
        """All of them, in the order of the blocks."""
        return tuple(name for names in self.blocks.values() for name in names)

    @property
    def own_form(self) -> str:
        """The form that is fitted where none is named."""
        return "noncentered" if "noncentered" in self.forms else next(iter(self.forms))
