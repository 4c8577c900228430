"""Data whose truth is one draw from the hyperprior that a cell fits, on a fixed design.

What simulation-based calibration ranks: over many `data.seed`, a right posterior holds the truth
below its p-quantile in a share p of the data sets (Talts et al. 2018, section 3).
"""

import numpy as np
from numpy.typing import NDArray

from hierbench.config.options import own_value
from hierbench.config.schema import DataConfig, require_one_of
from hierbench.errors import ConfigError
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import standardise
from hierbench.models.homes.rows import Generator, Rows
from hierbench.records import Arrays, Hyperprior

__all__ = ["SOURCE", "design", "load"]

VARIANTS = ("independent", "correlated", "varying_sigma")
SCALES = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
KEYS = ("seed", "rows", "groups", "model", "scales")

GOLDEN = (np.sqrt(5) - 1) / 2
"""Multiples of it, modulo 1, fill (0, 1) evenly however many are taken (Weyl 1916)."""


def load(config: DataConfig) -> Rows:
    """Return rows simulated from a truth that is drawn by `data.seed`.

    The truth holds every estimand of the model: mu_alpha, mu_beta, sigma_alpha, sigma_beta, for
    `correlated` rho, each 0-d, alpha and beta, dims (group,), and sigma, 0-d, for
    `varying_sigma` dims (group,). Rows per group and x do not depend on the seed.

    Raises
    ------
    ConfigError
        The model or a scale is missing.
    """
    check(config)
    rows, groups = own_value(config, "rows"), own_value(config, "groups")
    rng = np.random.default_rng(own_value(config, "seed"))
    group, x, x_mean, x_sd = design(groups, rows)
    truth = draw_truth(rng, config, groups)
    mean = truth["alpha"][group] + truth["beta"][group] * x
    sigma = truth["sigma"][group] if truth["sigma"].ndim else truth["sigma"]
    width = len(str(groups))
    return Rows(
        name=config.name,
        x=x,
        y=mean + sigma * rng.standard_normal(rows),
        group=group,
        labels=tuple(f"g{number:0{width}d}" for number in range(1, groups + 1)),
        x_name="x",
        y_name="y",
        x_mean=x_mean,
        x_sd=x_sd,
        truth=truth,
        drawn_from=Generator(str(config.model), Hyperprior("halfnormal", dict(config.scales))),
    )


def design(groups: int, rows: int) -> tuple[NDArray[np.int64], NDArray[np.float64], float, float]:
    """Return each row's group and x, dims (obs,), and the mean and sd that x had.

    Sizes rise evenly from half the mean to one and a half; x are Normal quantiles, spread evenly
    over every group.

    >>> np.bincount(design(groups=4, rows=32)[0])
    array([ 5,  7,  9, 11])
    """
    from scipy.special import ndtri  # takes longer than all that the other data sets import

    share = np.arange(1, groups + 1) / groups
    ends = np.rint(rows * share * (1 + share) / 2).astype(np.int64)
    group = np.repeat(np.arange(groups, dtype=np.int64), np.diff(ends, prepend=0))
    places = (0.5 + GOLDEN * np.arange(rows)) % 1
    x, mean, sd = standardise(np.asarray(ndtri(places)), "x")
    return group, x, mean, sd


def draw_truth(rng: np.random.Generator, config: DataConfig, groups: int) -> Arrays:
    """Return one draw of all estimands, from the hyperprior down."""
    scales = config.scales
    mu = [rng.normal(0.0, scales[name]) for name in ("mu_alpha", "mu_beta")]
    spread = [abs(rng.normal(0.0, scales[name])) for name in ("sigma_alpha", "sigma_beta")]
    rho = 2 * rng.beta(2, 2) - 1 if config.model == "correlated" else 0.0
    sizes = groups if config.model == "varying_sigma" else None
    sigma = np.abs(rng.normal(0.0, scales["sigma"], sizes))
    first, second = rng.standard_normal((2, groups))
    truth = {
        "mu_alpha": np.array(mu[0]),
        "mu_beta": np.array(mu[1]),
        "sigma_alpha": np.array(spread[0]),
        "sigma_beta": np.array(spread[1]),
        "sigma": np.asarray(sigma),
        "alpha": mu[0] + spread[0] * first,
        "beta": mu[1] + spread[1] * (rho * first + np.sqrt(1 - rho**2) * second),
    }
    return truth | {"rho": np.array(rho)} if config.model == "correlated" else truth


def check(config: DataConfig) -> None:
    """Raise ConfigError for a key that is missing, or for a scale of no hyperparameter."""
    if config.model is None:
        raise ConfigError(
            "data.model=None: data=prior_draw needs the model that the truth is drawn from; "
            "choose independent, correlated or varying_sigma"
        )
    require_one_of("data.model", config.model, VARIANTS)
    for name in SCALES:
        if name not in config.scales:
            raise ConfigError(
                f"data.{name}=None: data=prior_draw draws the truth from finite scales above "
                "0; use prior=halfnormal, whose scales it takes"
            )
    for name, value in config.scales.items():
        if name not in SCALES:
            raise ConfigError(
                f"data.{name}={value:g}: data=prior_draw has scales of {', '.join(SCALES)}; "
                "choose one of them"
            )


SOURCE = DataSource(
    origin="one draw from prior=halfnormal: data.seed, data.model, data.rows, data.groups",
    load=load,
    keys=KEYS,
    prepare=None,
)
