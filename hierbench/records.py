"""Frozen records that cross modules; knows NumPy and nothing else of the stack."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from numpy.typing import NDArray

__all__ = [
    "Arrays",
    "Axes",
    "CellResult",
    "Diagnosis",
    "Fit",
    "Hyperprior",
    "Neck",
    "Reference",
    "RunStatus",
    "SamplerSettings",
    "fingerprint_of",
]

Arrays = Mapping[str, NDArray[Any]]


class RunStatus(StrEnum):
    """How a run stands, in MLflow's own words."""

    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


@dataclass(frozen=True)
class Axes:
    """What the entries of a model's variables are called.

    Attributes
    ----------
    dims : mapping of str to tuple of str
        The dims of one draw of every variable that has any.
    coords : mapping of str to tuple of str
        The labels of those dims.
    """

    dims: Mapping[str, tuple[str, ...]]
    coords: Mapping[str, tuple[str, ...]]

    def names(self, name: str, shape: tuple[int, ...]) -> list[str]:
        """Return the names of a variable's entries; a dim without labels is numbered.

        >>> Axes({"b": ("group",)}, {"group": ("x", "y")}).names("b", (2,))
        ['b[x]', 'b[y]']
        >>> Axes({}, {}).names("c", (1, 2)), Axes({}, {}).names("d", ())
        (['c[0, 0]', 'c[0, 1]'], ['d'])
        """
        if not shape:
            return [name]
        dims = self.dims.get(name, ("",) * len(shape))
        labels = [self.coords.get(dim, ()) for dim in dims]
        known = [
            of if len(of) == size else tuple(map(str, range(size)))
            for of, size in zip(labels, shape, strict=True)
        ]
        return [f"{name}[{', '.join(entry)}]" for entry in product(*known)]


@dataclass(frozen=True)
class Neck:
    """A scale that may be the neck of a funnel: divergences are located along it.

    Attributes
    ----------
    scale : str
        The parameter.
    effects, centre : str
        The estimand that it is the scale of, and the mean of that; empty where there is none.
    """

    scale: str
    effects: str
    centre: str


@dataclass(frozen=True)
class Hyperprior:
    """Scales of a model's priors, `prior.scale` multiplied in.

    Attributes
    ----------
    family : str
        Which of the model's priors, where it has several.
    scales : mapping of str to float
        By parameter, all positive.
    """

    family: str
    scales: Mapping[str, float]


@dataclass(frozen=True)
class SamplerSettings:
    """What every sampler is told, with the same meaning for all; `adaptation` is nutpie's."""

    name: str
    draws: int
    tune: int
    chains: int
    target_accept: float
    max_treedepth: int
    adaptation: str = "diag"


@dataclass(frozen=True)
class Fit:
    """Draws and statistics of one fit, sampler-independent.

    Attributes
    ----------
    posterior, warmup_posterior : mapping of str to ndarray
        Each (chain, draw, *dims): free variables and deterministics, constrained.
    sample_stats, warmup_sample_stats : mapping of str to ndarray
        Each (chain, draw), under PyMC's names whatever the sampler calls them: diverging,
        n_steps, tree_depth, reached_max_treedepth, acceptance_rate, energy, lp, step_size; one
        that the sampler does not keep is absent.
    sample_seconds : float
        From the first warm-up step to all variables in memory.
    sample_cpu_seconds : float
        Of this process and the children that ended, over the same time.
    gradients_tune, gradients_draw : int or None
        Evaluations of the log density with its gradient, all chains together, by phase; None
        where the sampler does not tell.
    tune_seconds, draw_seconds : float or None
        Wall seconds of each phase, summed over chains; None where the sampler does not show
        the phases.
    compiles_in_clock : bool
        Whether compilation could not be kept out of `sample_seconds`.
    """

    posterior: Arrays
    sample_stats: Arrays
    warmup_posterior: Arrays
    warmup_sample_stats: Arrays
    sample_seconds: float
    sample_cpu_seconds: float
    gradients_tune: int | None = None
    gradients_draw: int | None = None
    tune_seconds: float | None = None
    draw_seconds: float | None = None
    compiles_in_clock: bool = False


@dataclass(frozen=True)
class Reference:
    """A posterior known to high precision from elsewhere than NUTS.

    Attributes
    ----------
    name : str
        As its file has it.
    mean, sd, mcse_mean, mcse_sd : mapping of str to ndarray
        By estimand, each dims (*dims) in the order of the data's labels; the mcse are the
        reference's own Monte Carlo errors of mean and sd.
    """

    name: str
    mean: Arrays
    sd: Arrays
    mcse_mean: Arrays
    mcse_sd: Arrays


@dataclass(frozen=True)
class Diagnosis:
    """What a fit's draws say of themselves.

    Attributes
    ----------
    metrics : mapping of str to float
        The tracking contract's metrics.
    parameters : mapping of str to ndarray
        Columns of the per-parameter table, each dims (parameter,).
    warmup : mapping of str to ndarray
        Columns of the table of the warm-up, a row per chain and power of two of its steps;
        empty where the sampler keeps none of it.
    worst : str
        Name of the estimand with the smallest ess_bulk.
    worst_of_block : mapping of str to str
        The same for each block of estimands that the form has.
    gate_failures : tuple of str
        A phrase for each threshold missed; none: the fit passed the gate.
    """

    metrics: Mapping[str, float]
    parameters: Arrays
    warmup: Arrays
    worst: str
    worst_of_block: Mapping[str, str]
    gate_failures: tuple[str, ...]


@dataclass(frozen=True)
class CellResult:
    """How one cell ended.

    Attributes
    ----------
    metrics : mapping of str to float
        The tracking contract's; a failed cell has its elapsed_seconds.
    tags : mapping of str to str
        worst, gate and gate_failures, or the failure.
    params : mapping of str to str
        The flat configuration.
    sent : bool
        Whether the store has all of it.
    unsent : str
        Why it has not.
    """

    name: str
    run_id: str
    status: RunStatus
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    params: Mapping[str, str]
    sent: bool = True
    unsent: str = ""


def fingerprint_of(content: object) -> str:
    """Hash plain JSON content, whatever the order of its keys; 32 hexadecimal digits.

    >>> fingerprint_of({"a": 1, "b": 2.5}) == fingerprint_of({"b": 2.5, "a": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
