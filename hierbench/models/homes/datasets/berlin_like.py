"""Simulated Berlin house prices with known truth, at any size.

y_i = alpha[g_i] + beta[g_i] * x_i + residual_i in 100,000 EUR, x the standardised living area.
The numbers are those of the notebook's posterior and of its table.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hierbench.config.options import own_value
from hierbench.config.schema import DataConfig
from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets.assembly import standardise
from hierbench.models.homes.rows import Rows

__all__ = ["SOURCE", "load"]

UNIT_EUR = 100_000.0
MU = np.array([3.645, 2.765])  # alpha, beta
SIGMA_EFFECTS = np.array([0.768, 1.293])
RHO = 0.716
SIGMA = 1.203
STUDENT_T_DF, STUDENT_T_SCALE = 2.8, 0.85
SIZE_MEAN, SIZE_SHAPE = 35.6, 0.9
LOG_AREA_MEAN, LOG_AREA_SD = 4.49, 0.47
LARGE_SHARE, LARGE_LOW_M2, LARGE_HIGH_M2 = 0.004, 300.0, 1500.0


def load(config: DataConfig) -> Rows:
    """Return houses simulated from `data.seed`, with the truth in the units of `Rows.y`.

    The truth holds mu_alpha, mu_beta, sigma_alpha, sigma_beta, rho and sigma, each 0-d, and
    alpha and beta, dims (group,). Student-t residuals have no Normal sigma, so sigma is absent.
    Area is standardised always: the effects are per standard deviation of it.
    """
    rows, groups = own_value(config, "rows"), own_value(config, "groups")
    residuals, y_scale = own_value(config, "residuals"), own_value(config, "y_scale")
    rng = np.random.default_rng(own_value(config, "seed"))
    sizes = draw_sizes(rng, rows, groups)
    group = np.repeat(np.arange(groups, dtype=np.int64), sizes)
    x, x_mean, x_sd = standardise(draw_areas(rng, rows), "living area")
    rho = RHO if own_value(config, "effects") == "correlated" else 0.0
    alpha, beta = draw_effects(rng, groups, rho)
    y = alpha[group] + beta[group] * x + draw_residuals(rng, rows, residuals)
    factor = UNIT_EUR / y_scale
    return Rows(
        name=config.name,
        x=x,
        y=y * factor,
        group=group,
        labels=labels_of(groups),
        x_name="living area [m2]",
        y_name="price [EUR]",
        x_mean=x_mean,
        x_sd=x_sd,
        y_scale=y_scale,
        truth=truth_of(alpha * factor, beta * factor, rho, factor, residuals),
    )


def draw_sizes(rng: np.random.Generator, rows: int, groups: int) -> NDArray[np.int64]:
    """Return the rows of each group, dims (group,): at least 1 each and `rows` in all."""
    shape = SIZE_SHAPE
    beyond_first = rng.negative_binomial(shape, shape / (shape + SIZE_MEAN), groups)
    # Two or three groups can all draw 0; the trace added makes them share alike.
    shares = np.cumsum(beyond_first + 1e-9)
    ends = np.rint((rows - groups) * shares / shares[-1]).astype(np.int64)
    return np.asarray(1 + np.diff(ends, prepend=0))


def draw_areas(rng: np.random.Generator, rows: int) -> NDArray[np.float64]:
    """Return living areas [m2], dims (obs,): log-normal, a few of them very large."""
    areas = rng.lognormal(LOG_AREA_MEAN, LOG_AREA_SD, rows)
    large = rng.random(rows) < LARGE_SHARE
    return np.where(large, rng.uniform(LARGE_LOW_M2, LARGE_HIGH_M2, rows), areas)


def draw_effects(rng: np.random.Generator, groups: int, rho: float) -> NDArray[np.float64]:
    """Return alpha and beta, dims (2, group): bivariate normal with correlation `rho`."""
    first, second = rng.standard_normal((2, groups))
    offsets = np.stack([first, rho * first + np.sqrt(1 - rho**2) * second])
    return np.asarray(MU[:, None] + SIGMA_EFFECTS[:, None] * offsets)


def draw_residuals(rng: np.random.Generator, rows: int, kind: str) -> NDArray[np.float64]:
    """Return the residuals, dims (obs,), in 100,000 EUR."""
    if kind == "student_t":
        return STUDENT_T_SCALE * rng.standard_t(STUDENT_T_DF, rows)
    return rng.normal(0.0, SIGMA, rows)


def labels_of(groups: int) -> tuple[str, ...]:
    """Return names that sort as their numbers do.

    >>> labels_of(10)[:2]
    ('g01', 'g02')
    """
    width = len(str(groups))
    return tuple(f"g{number:0{width}d}" for number in range(1, groups + 1))


def truth_of(
    alpha: NDArray[np.float64],
    beta: NDArray[np.float64],
    rho: float,
    factor: float,
    residuals: str,
) -> Mapping[str, NDArray[np.float64]]:
    """Return the estimands' true values, `factor` units of `Rows.y` in 100,000 EUR."""
    truth = {
        "mu_alpha": np.array(MU[0] * factor),
        "mu_beta": np.array(MU[1] * factor),
        "sigma_alpha": np.array(SIGMA_EFFECTS[0] * factor),
        "sigma_beta": np.array(SIGMA_EFFECTS[1] * factor),
        "rho": np.array(rho),
        "alpha": alpha,
        "beta": beta,
    }
    return truth if residuals == "student_t" else truth | {"sigma": np.array(SIGMA * factor)}


SOURCE = DataSource(
    origin="house prices like Berlin's, simulated: data.seed, data.rows, data.groups",
    load=load,
    keys=("y_scale", "seed", "rows", "groups", "effects", "residuals"),
    prepare=None,
)
