"""The ECDF test against enumeration and simulation, which do not share its recursion."""

from itertools import combinations_with_replacement
from math import factorial

import numpy as np
import pytest

from hierbench.validation.uniformity import band, counts_below, p_value

COUNT, DRAWS = 5, 3


def weighed():
    """Give every sorted way that `COUNT` ranks of 0 .. `DRAWS` can fall, and its chance."""
    for ranks in combinations_with_replacement(range(DRAWS + 1), COUNT):
        ways = factorial(COUNT)
        for of_rank in np.bincount(ranks):
            ways //= factorial(int(of_rank))
        yield np.array(ranks), ways / (DRAWS + 1) ** COUNT


def uniform(rng, count=200, draws=99):
    return rng.integers(0, draws + 1, count)


def test_p_value_is_the_chance_of_a_p_value_as_small():
    """Of a discrete test: P(p <= p0) = p0 for every p0 that it can give."""
    every = [(p_value(ranks, DRAWS), chance) for ranks, chance in weighed()]
    for found, _ in every:
        smaller = sum(chance for other, chance in every if other <= found + 1e-9)
        assert smaller == pytest.approx(found, abs=1e-9)


def test_p_value_does_not_depend_on_direction():
    ranks = np.random.default_rng(3).binomial(99, 0.52, 80)
    assert p_value(ranks, 99) == pytest.approx(p_value(99 - ranks, 99), rel=1e-6)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: np.floor(100 * rng.beta(1, 1.6, 200)),
        lambda rng: np.floor(100 * rng.beta(0.4, 0.4, 200)),
        lambda rng: np.floor(100 * rng.beta(2, 2, 200)),
    ],
    ids=["to one side", "to both ends", "to the middle"],
)
def test_p_value_sees_ranks_that_are_not_uniform(draw):
    rng = np.random.default_rng(8)
    assert p_value(draw(rng).astype(np.int64), 99) < 1e-3


def test_p_value_of_ranks_as_even_as_can_be_is_1():
    assert p_value(np.arange(200) // 2, 99) == pytest.approx(1.0)


def test_band_is_left_as_often_as_it_says():
    """3,000 sets of ranks: the share has a standard error of 0.4 % at 5 %."""
    rng = np.random.default_rng(21)
    inside, left, tries = band(50, 99, 0.05), 0, 3000
    for _ in range(tries):
        below = counts_below(uniform(rng, 50), 99) / 50
        left += bool(np.any((below < inside.low - 1e-9) | (below > inside.high + 1e-9)))
    assert 0.05 - 4 * 0.004 < left / tries < 0.05 + 4 * 0.004


@pytest.mark.parametrize("seed", range(6))
def test_band_is_left_where_the_p_value_is_small(seed):
    rng = np.random.default_rng(seed)
    ranks = np.floor(100 * rng.beta(1, 1.25, 100)).astype(np.int64)
    inside, below = band(100, 99, 0.05), counts_below(ranks, 99) / 100
    left = bool(np.any((below < inside.low - 1e-9) | (below > inside.high + 1e-9)))
    assert left == (p_value(ranks, 99) <= 0.05)


def test_counts_below_of_no_rank_are_0():
    assert counts_below(np.array([], dtype=np.int64), 3).tolist() == [0, 0, 0]
