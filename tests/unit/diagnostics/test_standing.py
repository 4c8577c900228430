"""Ranks of a truth among thinned draws."""

import numpy as np
import pytest

from hierbench.diagnostics.standing import RANK_DRAWS, rank_columns, thinned


def draws_of(*columns, chains=2):
    """Return draws, dims (chain, draw, parameter), each column cut into chains."""
    return np.stack([np.array(column, dtype=float).reshape(chains, -1) for column in columns], -1)


def test_rank_counts_the_draws_below_the_truth():
    columns = rank_columns(draws_of([1, 2, 3, 4]), np.array([2.5]))
    assert (columns["truth_rank"].tolist(), columns["truth_rank_draws"].tolist()) == ([2.0], [4.0])


@pytest.mark.parametrize(("truth", "rank"), [(-1.0, 0.0), (9.0, 4.0)])
def test_rank_runs_from_0_to_the_number_of_draws(truth, rank):
    assert rank_columns(draws_of([1, 2, 3, 4]), np.array([truth]))["truth_rank"][0] == rank


def test_rank_is_not_known_without_a_truth():
    columns = rank_columns(draws_of([1, 2, 3, 4], [5, 6, 7, 8]), np.array([np.nan, 6.5]))
    assert np.isnan(columns["truth_rank"]).tolist() == [True, False]
    assert np.isnan(columns["truth_rank_draws"]).tolist() == [True, False]


def test_rank_is_not_known_where_a_draw_is_no_number():
    assert np.isnan(rank_columns(draws_of([1, np.nan, 3, 4]), np.array([2.5]))["truth_rank"][0])


@pytest.mark.parametrize("length", [100, 250, 1000])
def test_thinned_draws_are_of_one_number_and_lie_evenly(length):
    kept = thinned(np.arange(4.0 * length).reshape(4, length, 1))[:, 0]
    assert len(kept) == RANK_DRAWS
    assert np.ptp(np.diff(kept)) <= 1
    assert kept[0] + (4 * length - 1 - kept[-1]) < 4 * length / RANK_DRAWS + 1


def test_thinned_draws_are_all_where_there_are_fewer():
    assert thinned(np.zeros((2, 10, 3))).shape == (20, 3)


def test_ranks_of_independent_draws_are_uniform():
    """1,000 truths among draws of their own distribution: mean 49.5, standard error 0.92."""
    rng = np.random.default_rng(5)
    truth = rng.normal(size=1000)
    ranks = rank_columns(rng.normal(size=(2, 500, 1000)), truth)["truth_rank"]
    assert ranks.mean() == pytest.approx(49.5, abs=4 * 0.92)
