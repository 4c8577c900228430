"""Laws and known answers of the diagnostics, with no other library to compare with."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import convergence

Draws = NDArray[np.float64]


def dyadic_draws(chains: int = 4, draws: int = 200, parameters: int = 3) -> Draws:
    """Draws on a grid of 2^-20, on which sums with integers and doublings are exact."""
    values = np.random.default_rng(11).standard_normal((chains, draws, parameters))
    return np.round(values * 2.0**20) / 2.0**20


def autoregressive(phi: float, chains: int, draws: int) -> Draws:
    """Stationary AR(1) of unit variance, dims (chain, draw, 1)."""
    noise = np.random.default_rng(12).standard_normal((chains, draws, 1))
    for t in range(1, draws):
        noise[:, t] = phi * noise[:, t - 1] + np.sqrt(1 - phi**2) * noise[:, t]
    return noise


@settings(max_examples=25)
@given(st.permutations(range(4)))
def test_convergence_ignores_chain_order(order: list[int]) -> None:
    draws = dyadic_draws()
    expected, found = asdict(convergence(draws)), asdict(convergence(draws[order]))
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


@settings(max_examples=25)
@given(doublings=st.integers(-10, 10), shift=st.integers(-100, 100))
def test_convergence_follows_increasing_affine_maps(doublings: int, shift: int) -> None:
    draws, scale = dyadic_draws(), 2.0**doublings
    before, after = convergence(draws), convergence(scale * (draws + shift))
    for name in ("r_hat", "ess_bulk", "ess_tail"):
        np.testing.assert_array_equal(asdict(after)[name], asdict(before)[name], err_msg=name)
    for name in ("sd", "mcse_mean", "mcse_sd"):
        expected = scale * asdict(before)[name]
        np.testing.assert_allclose(asdict(after)[name], expected, rtol=1e-9, err_msg=name)


def test_ess_bulk_ignores_monotone_maps() -> None:
    draws = dyadic_draws()
    np.testing.assert_array_equal(convergence(np.exp(draws)).ess_bulk, convergence(draws).ess_bulk)


def with_stuck_chain(draws: Draws, at: float) -> Draws:
    stuck = draws.copy()
    stuck[0] = at
    return stuck


@pytest.mark.parametrize("at", [0.0, 3.0])
def test_stuck_chain_raises_r_hat(at: float) -> None:
    draws = dyadic_draws()
    after = convergence(with_stuck_chain(draws, at))
    assert (after.r_hat > convergence(draws).r_hat + 0.01).all()


def test_chain_stuck_in_the_tail_lowers_ess() -> None:
    draws = dyadic_draws()
    after = convergence(with_stuck_chain(draws, 3.0))
    assert (after.ess_bulk < convergence(draws).ess_bulk / 2).all()


def test_chains_stuck_apart_have_no_finite_or_small_r_hat() -> None:
    draws = np.broadcast_to(np.arange(4.0)[:, None, None], (4, 100, 1))
    assert not (convergence(draws).r_hat < 1e6).any()


def test_constant_draws_have_no_r_hat_and_as_much_ess_as_draws() -> None:
    found = convergence(np.full((4, 100, 1), 0.5))
    assert np.isnan(found.r_hat).all()
    assert found.ess_bulk == found.ess_tail == 400


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_draws_that_are_not_finite_have_no_mcse(value: float) -> None:
    draws = dyadic_draws()
    draws[1, 7, 1] = value
    found = convergence(draws)
    assert np.isnan([found.mcse_mean[1], found.mcse_sd[1], found.sd[1]]).all()
    assert np.isfinite(found.mcse_mean[[0, 2]]).all()


def test_one_chain_has_ess_but_no_r_hat() -> None:
    found = convergence(dyadic_draws(chains=1))
    assert np.isnan(found.r_hat).all()
    assert np.isfinite(found.ess_bulk).all()


@pytest.mark.parametrize("phi", [-0.5, 0.0, 0.3, 0.6, 0.9])
def test_ess_of_autoregression_equals_closed_form(phi: float) -> None:
    """For AR(1), tau = (1 + phi) / (1 - phi), so ess = n (1 - phi) / (1 + phi).

    A sum of M lags estimates tau with relative variance 2 (2 M + 1) / n (Madras and Sokal 1988,
    equation 3.19; Geyer 1992, section 3.1). Geyer's truncation stops where phi^M drowns in the
    noise of an autocorrelation, 1 / sqrt(n): M = log(n) / (2 log(1 / |phi|)), at least one pair.
    Bulk ranks of a Gaussian are the Gaussian. Four standard errors; the seed is fixed.
    """
    n = 4 * 10_000
    lags = max(2.0, np.log(n) / (2 * np.log(1 / abs(phi)))) if phi else 2.0
    tolerance = 4 * np.sqrt(2 * (2 * lags + 1) / n)
    found = convergence(autoregressive(phi, 4, 10_000))
    expected = n * (1 - phi) / (1 + phi)
    assert found.ess_bulk[0] == pytest.approx(expected, rel=tolerance)
    assert found.mcse_mean[0] == pytest.approx(expected**-0.5, rel=tolerance)
