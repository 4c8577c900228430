"""The configuration's keys, types, defaults and ranges; a plain dataclass per group.

Types fail at composition, ranges in `__post_init__`; nobody assigns to a configuration after
that. The dataclasses are not frozen because Hydra could then override nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hierbench.errors import ConfigError

__all__ = [
    "ALL_FORMS",
    "ARTIFACTS",
    "LIKELIHOODS",
    "MOST_CHAINS",
    "MOST_WORKERS",
    "PLOTS",
    "Config",
    "DataConfig",
    "GateConfig",
    "LimitsConfig",
    "PlotsConfig",
    "PredictiveConfig",
    "PriorConfig",
    "SamplerConfig",
    "TrackingConfig",
    "require_at_least",
    "require_one_of",
]

ALL_FORMS = "all"
"""The parameterization that stands for every form of the model."""

LIKELIHOODS = ("rowwise", "sufficient")
ARTIFACTS = ("minimal", "default", "full")
PLOTS = ("auto", "all", "failed", "none")
MOST = 2**63 - 1
MOST_ROWS = 10**7
MOST_WORKERS = 1024
MOST_CHAINS = 1024
MOST_DRAWS = 10**7
"""What no machine that is meant here can hold; a mistyped number is refused before it is tried."""


@dataclass
class DataConfig:
    """Which table, and which of its columns; a key that is null has the data set's own value."""

    name: str = "sacramento"
    path: str | None = None  # the user's file, for csv, berlin_rents and berlin_prices
    group: str | None = None  # csv: column of the group
    x: str | None = None  # csv: column of the covariate
    y: str | None = None  # csv: column of the outcome
    y_scale: float | None = None  # units of y per unit that the model sees, > 0
    standardize: bool | None = None  # x to mean 0 and sd 1 (ddof 0)
    seed: int | None = None  # of what is simulated
    rows: int | None = None  # berlin_like, prior_draw, >= 3 x groups
    groups: int | None = None  # berlin_like, prior_draw, >= 2
    effects: str | None = None  # berlin_like: correlated or independent alpha and beta
    residuals: str | None = None  # berlin_like: normal or student_t
    model: str | None = None  # prior_draw: independent, correlated or varying_sigma
    scales: dict[str, float] = field(default_factory=dict)  # prior_draw: those not the prior's

    def __post_init__(self) -> None:
        if self.y_scale is not None:
            require_positive("data.y_scale", self.y_scale)
        if self.seed is not None:
            require_at_least("data.seed", self.seed, 0)
        if self.groups is not None:
            require_at_least("data.groups", self.groups, 2, MOST_ROWS)
        if self.rows is not None:
            require_at_least("data.rows", self.rows, 3 * (self.groups or 2), MOST_ROWS)
        if self.effects is not None:
            require_one_of("data.effects", self.effects, ("correlated", "independent"))
        if self.residuals is not None:
            require_one_of("data.residuals", self.residuals, ("normal", "student_t"))
        require_scales("data", self.scales)


@dataclass
class PriorConfig:
    """The hyperparameters' priors."""

    name: str = "notebook"
    scale: float = 1.0  # multiplies every hyperprior's scale, > 0
    scales: dict[str, float] = field(default_factory=dict)  # by parameter: prior.tau, > 0

    def __post_init__(self) -> None:
        require_positive("prior.scale", self.scale)
        require_scales("prior", self.scales)


@dataclass
class SamplerConfig:
    """What NUTS is told; the same words for every sampler."""

    name: str = "nutpie"
    draws: int = 1000  # per chain, after warm-up, >= 1
    tune: int = 1000  # warm-up steps per chain, >= 1
    chains: int = 4  # >= 1; r_hat needs 2
    target_accept: float = 0.8  # inside (0, 1)
    max_treedepth: int = 10  # 1..20; at most 2^depth gradients a draw
    adaptation: str = "diag"  # of the mass matrix; each sampler has its own

    def __post_init__(self) -> None:
        require_at_least("sampler.draws", self.draws, 1, MOST_DRAWS)
        require_at_least("sampler.tune", self.tune, 1, MOST_DRAWS)
        require_at_least("sampler.chains", self.chains, 1, MOST_CHAINS)
        require_between("sampler.target_accept", self.target_accept, 0, 1)
        require_at_least("sampler.max_treedepth", self.max_treedepth, 1)
        if self.max_treedepth > 20:
            raise ConfigError(
                f"sampler.max_treedepth={self.max_treedepth}: allowed are 1 to 20; "
                "10 is every sampler's own default"
            )


@dataclass
class GateConfig:
    """What a fit must reach to count as converged; a null threshold is not checked."""

    name: str = "default"
    r_hat_max: float | None = None
    ess_bulk_min_per_chain: float | None = None
    ess_tail_min_per_chain: float | None = None
    divergences: int | None = None
    ebfmi_min: float | None = None  # of each chain, > 0
    treedepth_hits_share_max: float | None = None  # of the draws, 0 .. 1

    def __post_init__(self) -> None:
        for key in ("r_hat_max", "ess_bulk_min_per_chain", "ess_tail_min_per_chain", "ebfmi_min"):
            if (value := getattr(self, key)) is not None:
                require_positive(f"gate.{key}", value)
        if self.divergences is not None:
            require_at_least("gate.divergences", self.divergences, 0)
        share = self.treedepth_hits_share_max
        if share is not None and not 0 <= share <= 1:
            raise ConfigError(
                f"gate.treedepth_hits_share_max={share}: allowed are shares of the draws from "
                "0 to 1; choose one, such as 0.01"
            )


@dataclass
class PlotsConfig:
    """Which cells are drawn, and for which groups."""

    which: str = "auto"  # auto: all in run, failed (the gate) in sweep
    groups: list[str] = field(default_factory=list)  # labels; none: smallest, median, largest

    def __post_init__(self) -> None:
        require_one_of("plots", self.which, PLOTS)


@dataclass
class PredictiveConfig:
    """What is predicted, and how much of it is kept."""

    draws: int = 100  # >= 1
    max_mib: float = 16.0  # of each predictive group, > 0: fewer draws are kept above it
    loo: bool = False  # elpd_loo and pareto_k_bad, by PSIS-LOO over all draws

    def __post_init__(self) -> None:
        require_at_least("predictive.draws", self.draws, 1, MOST_DRAWS)
        require_positive("predictive.max_mib", self.max_mib)


@dataclass
class LimitsConfig:
    """When a cell is ended; null: never."""

    cell_seconds: float | None = None
    cell_mib: float | None = None

    def __post_init__(self) -> None:
        for key in ("cell_seconds", "cell_mib"):
            if (value := getattr(self, key)) is not None:
                require_positive(f"limits.{key}", value)


@dataclass
class TrackingConfig:
    """Where the runs go; null: MLFLOW_TRACKING_URI, else runs/ in the working folder."""

    uri: str | None = None


@dataclass
class Config:
    """One cell, as asked for."""

    model: str = "homes"
    data: DataConfig = field(default_factory=DataConfig)
    parameterization: str = "noncentered"
    likelihood: str = "rowwise"
    prior: PriorConfig = field(default_factory=PriorConfig)
    sampler: SamplerConfig = field(default_factory=SamplerConfig)
    seed: int = 1  # of the sampler and the predictive draws, 0 .. 2^31 - 1
    gate: GateConfig = field(default_factory=GateConfig)
    artifacts: str = "default"
    plots: PlotsConfig = field(default_factory=PlotsConfig)
    predictive: PredictiveConfig = field(default_factory=PredictiveConfig)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    workers: int = 1  # cells at once

    def __post_init__(self) -> None:
        require_one_of("likelihood", self.likelihood, LIKELIHOODS)
        require_one_of("artifacts", self.artifacts, ARTIFACTS)
        require_at_least("seed", self.seed, 0)
        if self.seed >= 2**31:
            raise ConfigError(
                f"seed={self.seed}: allowed are 0 to {2**31 - 1}; choose a smaller one"
            )
        require_at_least("workers", self.workers, 1, MOST_WORKERS)


def require_positive(key: str, value: float | None) -> None:
    """Raise ConfigError unless `value` is a finite number above 0."""
    if value is None or not math.isfinite(value) or value <= 0:
        raise ConfigError(
            f"{key}={value}: allowed are finite numbers above 0; choose one, such as 1"
        )


def require_scales(group: str, scales: Mapping[str, float]) -> None:
    """Raise ConfigError unless `scales` are finite numbers above 0, named as parameters are."""
    for name, value in scales.items():
        if not name.isidentifier():
            raise ConfigError(
                f"{group}.scales has {name!r}: allowed are names of parameters; choose one, such "
                "as tau"
            )
        require_positive(f"{group}.{name}", value)


def require_between(key: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError unless `value` lies strictly between `low` and `high`."""
    if not low < value < high:
        raise ConfigError(
            f"{key}={value}: allowed are numbers strictly between {low} and {high}; "
            "choose one, such as 0.8"
        )


def require_at_least(key: str, value: int, least: int, most: int = MOST) -> None:
    """Raise ConfigError when `value` is below `least` or above `most`."""
    if value < least:
        raise ConfigError(f"{key}={value}: the least allowed is {least}; choose that or more")
    if value > most:
        raise ConfigError(f"{key}={value}: the most allowed is {most}; choose that or less")


def require_one_of(key: str, value: Any, known: Sequence[str]) -> None:
    """Raise ConfigError when `value` is none of the `known` names."""
    if value not in known:
        raise ConfigError(f"{key}={value}: known are {', '.join(known)}; choose one of them")
