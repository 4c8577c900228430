"""The sums, ranks and quantiles below the diagnostics equal NumPy's and SciPy's to the bit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.diagnostics import mixing, ranks

SIZES = [1, 2, 7, 8, 9, 127, 128, 129, 136, 255, 500, 1001, 8193, 40_000]


@pytest.mark.parametrize("size", SIZES)
def test_pairwise_sum_equals_numpy(size: int) -> None:
    values = np.random.default_rng(size).standard_normal(size) * 0.1 + 1e3
    assert mixing.pairwise_sum(values) == values.sum()


@pytest.mark.parametrize("size", SIZES[1:])
def test_variance_of_constant_values_equals_numpy(size: int) -> None:
    values = np.full(size, 0.1)
    assert mixing.variance(values) == values.var(ddof=1)


@settings(max_examples=50)
@given(st.lists(st.integers(-5, 5) | st.floats(-9, 9), min_size=1, max_size=40))
def test_normal_scores_equal_scipy(values: list[float]) -> None:
    draws = np.array(values, dtype=np.float64)
    order = np.argsort(draws)
    found = ranks.score_by_rank(draws[order], order, ranks.normal_scores(draws.size))
    average = scipy.stats.rankdata(draws)
    expected = scipy.stats.norm.ppf((average - 0.375) / (draws.size + 0.25))
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_fold_equals_sorted_distances_from_median(values: list[float]) -> None:
    draws = np.array(values * 2)
    order = np.argsort(draws)
    distances, origins = ranks.fold(draws[order], order)
    expected = np.abs(draws - np.median(draws))
    np.testing.assert_array_equal(distances, np.sort(expected))
    np.testing.assert_array_equal(expected[origins], distances)


@settings(max_examples=50)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50),
    st.floats(0, 1, exclude_max=True),
)
def test_quantile_equals_numpy(values: list[float], probability: float) -> None:
    ascending = np.sort(np.array(values))
    assert ranks.quantile(ascending, probability) == np.quantile(ascending, probability)


@pytest.mark.parametrize("draws", [500, 127])
def test_direct_autocovariance_equals_spectral(draws: int) -> None:
    series = np.random.default_rng(draws).standard_normal((8, draws))
    centred, _ = mixing.centre(series, mixing.LAGS_AT_ONCE + 4)
    sums = np.zeros(mixing.LAGS_AT_ONCE)
    for chain in centred:
        mixing.add_lagged_products(chain, draws, mixing.LAGS_AT_ONCE, sums)
    spectral = mixing.spectral_autocovariance(mixing.centre(series, 0)[0])
    lags = slice(mixing.LAGS_AT_ONCE, 2 * mixing.LAGS_AT_ONCE)
    np.testing.assert_allclose(sums / series.size, spectral[lags], atol=1e-14)


@pytest.mark.slow
def test_convergence_gives_same_bits_with_cold_and_warm_cache(tmp_path: Path) -> None:
    program = (
        "import numpy as np; from dataclasses import astuple;"
        "from hierbench.diagnostics.convergence import convergence;"
        "draws = np.random.default_rng(1).standard_normal((4, 300, 5)).cumsum(1) % 7;"
        "print(np.array(astuple(convergence(draws))).tobytes().hex())"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            check=True,
        ).stdout
        for _ in ("cold", "warm")
    ]
    assert outputs[0] == outputs[1]
    assert list(tmp_path.rglob("*.nbc"))
