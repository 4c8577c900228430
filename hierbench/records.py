"""Frozen records that cross modules; knows NumPy and nothing else of the stack."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DERIVED",
    "HYPERPARAMETERS",
    "SIZES",
    "Arrays",
    "CellResult",
    "Dataset",
    "Diagnosis",
    "Fit",
    "Generator",
    "Hyperprior",
    "Reference",
    "RunStatus",
    "SamplerSettings",
    "fingerprint_of",
]

Arrays = Mapping[str, NDArray[Any]]

HYPERPARAMETERS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma", "rho")
"""Estimands that describe the population; alpha and beta describe its groups."""

SIZES = ("rows", "groups")
"""Of the data, by the names that params have."""

DERIVED = ("model", "variant", *SIZES)
"""Params of a cell that follow from its configuration and its data."""


class RunStatus(StrEnum):
    """How a run stands, in MLflow's own words."""

    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


@dataclass(frozen=True)
class Dataset:
    """Rows of one table as the models see them, and the way back to the user's units.

    Attributes
    ----------
    name : str
        The configuration's name of the data.
    x, y : ndarray
        Dims (obs,), float64: the covariate, standardised unless the data say otherwise, and
        the outcome divided by `y_scale`.
    group : ndarray
        Dims (obs,), int64: index into `labels`.
    labels : tuple of str
        Dims (group,): the groups' own names, sorted.
    x_name, y_name : str
        What the columns mean, with their unit, for axes and tables: "area [sq ft]".
    x_mean, x_sd : float
        The standardisation, in the unit of `x_name` (0 and 1 where there is none).
    y_scale : float
        Units of `y_name` per unit of `y`, positive.
    file_sha256 : str or None
        Of the file's bytes; None for simulated data.
    truth : mapping of str to ndarray, or None
        Known values of the estimands, of simulated data only.
    notes : tuple of str
        What the loader did to the rows, a sentence each.
    drawn_from : Generator or None
        What the truth is one draw of; None where it is not a draw.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    group: NDArray[np.int64]
    labels: tuple[str, ...]
    x_name: str
    y_name: str
    x_mean: float = 0.0
    x_sd: float = 1.0
    y_scale: float = 1.0
    file_sha256: str | None = None
    truth: Arrays | None = None
    notes: tuple[str, ...] = ()
    drawn_from: "Generator | None" = None

    @property
    def arrays_sha256(self) -> str:
        """Hash of what the models see: x, y, group and labels."""
        digest = hashlib.sha256(json.dumps(self.labels).encode())
        for array in (self.x, self.y, self.group):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def sizes(self) -> Mapping[str, int]:
        """How large the data are, by `SIZES`."""
        return dict(zip(SIZES, (len(self.y), len(self.labels)), strict=True))

    @property
    def group_sizes(self) -> NDArray[np.int64]:
        """Rows of each group, dims (group,)."""
        return np.bincount(self.group, minlength=len(self.labels))

    def original_x(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `x` in the unit of `x_name`; any shape."""
        return x * self.x_sd + self.x_mean

    def original_y(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `y` in the unit of `y_name`; any shape."""
        return y * self.y_scale


@dataclass(frozen=True)
class Hyperprior:
    """Scales of the hyperparameters' priors, `prior.scale` multiplied in.

    Attributes
    ----------
    family : str
        Of the sigmas: "exponential" (scale = mean) or "halfnormal" (scale = sd of the
        unfolded Normal). The mus are Normal(0, scale) in both.
    scales : mapping of str to float
        For mu_alpha, mu_beta, sigma_alpha, sigma_beta and sigma, all positive.
    """

    family: str
    scales: Mapping[str, float]


@dataclass(frozen=True)
class Generator:
    """The variant and hyperprior that a truth was drawn from: posteriors of no other cover it."""

    variant: str
    hyperprior: Hyperprior


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
        By estimand, dims () or (group,) in the order of the data's labels; the mcse are the
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
        The same for each block of estimands that the form has: hyper, intercepts, slopes,
        correlation.
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
