"""Every diagnostic equals ArviZ's, which stays the authority, whatever the draws look like."""

import warnings
from collections.abc import Callable
from dataclasses import asdict

import arviz as az
import numpy as np
import pytest
import xarray as xr
from arviz_stats.base import array_stats
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import TAIL_PROBABILITIES, convergence

RELATIVE = 1e-8
NEAR_ZERO = 1e-10
"""A pair sum this close to zero may fall on either side of it: Geyer's truncation then hangs on
rounding, and so does ArviZ's own answer."""

Draws = NDArray[np.float64]


def arviz_numbers(draws: Draws) -> dict[str, Draws]:
    data = xr.Dataset({"x": (("chain", "draw", "parameter"), draws)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = {
            "mean": data.azstats.mean(dim=("chain", "draw")),
            "sd": data.azstats.std(dim=("chain", "draw")),
            "ess_bulk": az.ess(data, method="bulk"),
            "ess_tail": az.ess(data, method="tail", prob=(0.05, 0.95)),
            "ess_mean": az.ess(data, method="mean"),
            "ess_square": az.ess(data, method="sd"),
            "r_hat": az.rhat(data),
            "mcse_mean": az.mcse(data, method="mean"),
            "mcse_sd": az.mcse(data, method="sd"),
        }
    return {name: numbers["x"].values for name, numbers in found.items()}


def geyer_series(draws: Draws) -> dict[str, list[Draws]]:
    """The series, dims (half chain, draw), whose ESS each diagnostic rests on."""
    split = array_stats._split_chains
    tails = [draws <= np.quantile(draws, probability) for probability in TAIL_PROBABILITIES]
    squares = split((draws - draws.mean()) ** 2)
    return {
        "ess_bulk": [array_stats._z_scale(split(draws))],
        "ess_tail": [split(tail).astype(float) for tail in tails],
        "ess_mean": [split(draws)],
        "ess_square": [squares],
        "mcse_mean": [split(draws)],
        "mcse_sd": [squares],
    }


def truncation_hangs_on_rounding(series: Draws) -> bool:
    """Whether a pair sum up to and with the first that is not positive is nearly zero."""
    if np.ptp(series) < 1e-15:
        return False
    draws = series.shape[1]
    autocovariance = array_stats.autocov(series).mean(axis=0)
    within = autocovariance[0] * draws / (draws - 1)
    var_plus = autocovariance[0] + series.mean(axis=1).var(ddof=1)
    rho = 1 - (within - autocovariance) / var_plus
    rho[0] = 1.0
    pairs = rho[: draws // 2 * 2].reshape(-1, 2).sum(axis=1)
    ends = np.flatnonzero(pairs < -NEAR_ZERO)
    decisive = pairs[: ends[0]] if ends.size else pairs
    return bool((np.abs(decisive) < NEAR_ZERO).any())


def excluded(draws: Draws) -> set[str]:
    """The diagnostics of one parameter that the truncation leaves open, dims (chain, draw)."""
    if draws.shape[1] < 4 or not np.isfinite(draws).all():
        return set()
    series = geyer_series(draws)
    return {name for name in series if any(map(truncation_hangs_on_rounding, series[name]))}


def assert_equal_to_arviz(draws: Draws) -> None:
    expected = arviz_numbers(draws)
    found = asdict(convergence(draws))
    for parameter in range(draws.shape[-1]):
        left_open = excluded(draws[..., parameter])
        for name in expected.keys() - left_open:
            np.testing.assert_allclose(
                found[name][parameter], expected[name][parameter], rtol=RELATIVE, err_msg=name
            )


def autoregressive(
    rng: np.random.Generator, phi: float, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Stationary AR(1) along axis 1, unit variance, dims (chain, draw, ...)."""
    draws = rng.standard_normal(shape)
    for t in range(1, shape[1]):
        draws[:, t] = phi * draws[:, t - 1] + np.sqrt(1 - phi**2) * draws[:, t]
    return draws


def constant(rng: np.random.Generator, draws: Draws) -> Draws:
    return np.full_like(draws, rng.standard_normal())


def stuck(rng: np.random.Generator, draws: Draws) -> Draws:
    return np.broadcast_to(draws[:, :1] * 10, draws.shape).copy()


def one_stuck(rng: np.random.Generator, draws: Draws) -> Draws:
    draws[0] = draws[0, 0]
    return draws


def tied(rng: np.random.Generator, draws: Draws) -> Draws:
    return np.round(draws * rng.integers(1, 4)) / 3


def two_valued(rng: np.random.Generator, draws: Draws) -> Draws:
    return np.where(draws > 0, 0.1, 0.7)


def offset(rng: np.random.Generator, draws: Draws) -> Draws:
    return 1e6 + draws


def heavy_tailed(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws / rng.standard_normal(draws.shape)


def spoilt(rng: np.random.Generator, draws: Draws) -> Draws:
    values = rng.choice([np.nan, np.inf, -np.inf], size=rng.integers(1, 4))
    draws.flat[rng.integers(draws.size, size=len(values))] = values
    return draws


def mostly_infinite(rng: np.random.Generator, draws: Draws) -> Draws:
    return np.where(draws > rng.standard_normal(), np.inf, draws)


def plain(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws


KINDS = (
    plain, constant, stuck, one_stuck, tied, two_valued, offset, heavy_tailed, spoilt,
    mostly_infinite,
)  # fmt: skip


@settings(max_examples=40)
@given(
    chains=st.integers(1, 5),
    draws=st.integers(1, 60) | st.integers(300, 520),
    phi=st.sampled_from([-0.9, -0.3, 0.0, 0.5, 0.95, 0.999]),
    seed=st.integers(0, 2**32),
)
def test_convergence_equals_arviz(chains: int, draws: int, phi: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = [kind(rng, autoregressive(rng, phi, (chains, draws))) for kind in KINDS]
    assert_equal_to_arviz(np.stack(columns, axis=-1))


@settings(max_examples=40)
@given(
    st.integers(1, 3).flatmap(
        lambda chains: st.integers(1, 12).flatmap(
            lambda draws: st.lists(
                st.lists(
                    st.integers(-3, 3) | st.floats(-1e3, 1e3, width=32),
                    min_size=draws,
                    max_size=draws,
                ),
                min_size=chains,
                max_size=chains,
            )
        )
    )
)
def test_convergence_equals_arviz_on_few_draws(values: list[list[float]]) -> None:
    assert_equal_to_arviz(np.array(values, dtype=np.float64)[..., np.newaxis])


@pytest.mark.parametrize("draws", [255, 2000, 20001])
def test_convergence_of_random_walks_equals_arviz(draws: int) -> None:
    steps = np.random.default_rng(draws).standard_normal((2, draws, 2))
    assert_equal_to_arviz(steps.cumsum(axis=1))


def test_convergence_of_antithetic_draws_equals_arviz() -> None:
    assert_equal_to_arviz(autoregressive(np.random.default_rng(3), -0.97, (4, 1000, 5)))


def test_convergence_equals_summary() -> None:
    draws = autoregressive(np.random.default_rng(4), 0.6, (4, 250, 3))
    summary = az.summary(az.from_dict({"posterior": {"x": draws}}), round_to="none")
    found = asdict(convergence(draws))
    for name in found.keys() - {"ess_tail", "ess_mean", "ess_square"}:  # not in a summary
        np.testing.assert_allclose(found[name], summary[name], rtol=RELATIVE, err_msg=name)


@pytest.mark.parametrize(
    "view",
    [
        np.asfortranarray,
        lambda draws: np.ascontiguousarray(draws.T).T,
        lambda draws: np.repeat(draws, 2, axis=1)[:, ::2],
        lambda draws: draws[::-1].copy()[::-1],
    ],
    ids=["fortran", "parameter_major", "strided", "reversed"],
)
def test_convergence_gives_same_bits_for_any_strides(view: Callable[[Draws], Draws]) -> None:
    draws = np.random.default_rng(5).standard_normal((4, 101, 3))
    expected, found = convergence(draws), convergence(view(draws))
    for name, numbers in asdict(expected).items():
        np.testing.assert_array_equal(asdict(found)[name], numbers, err_msg=name)


def test_convergence_leaves_draws_unchanged() -> None:
    draws = np.random.default_rng(6).standard_normal((4, 100, 3))
    before = draws.copy()
    convergence(draws)
    np.testing.assert_array_equal(draws, before)


def test_convergence_of_no_parameters_is_empty() -> None:
    assert convergence(np.empty((4, 100, 0))).r_hat.shape == (0,)


@pytest.mark.parametrize("shape", [(4, 100), (0, 100, 3), (4, 0, 3)])
def test_convergence_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"dims \(chain, draw, parameter\), got shape"):
        convergence(np.empty(shape))
