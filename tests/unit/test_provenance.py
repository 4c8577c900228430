"""Hashes of draws depend on every bit of them, and on nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hierbench.provenance import code_sha256, draws_digest
from hierbench.records import Fit

DRAWS = arrays(np.float64, (2, 3))


def fit_of(alpha, sigma):
    """Return a fit of two variables and one statistic."""
    stats = {"lp": np.zeros((2, 3))}
    return Fit(
        {"alpha": alpha, "sigma": sigma}, stats, {}, {}, sample_seconds=1.0, sample_cpu_seconds=1.0
    )


@pytest.fixture
def fit():
    return fit_of(np.arange(6.0).reshape(2, 3), np.ones((2, 3)))


@given(DRAWS, DRAWS)
def test_digest_of_equal_draws_is_equal(alpha, sigma):
    assert draws_digest(fit_of(alpha, sigma)) == draws_digest(fit_of(alpha.copy(), sigma.copy()))


@given(DRAWS, st.integers(0, 1), st.integers(0, 2))
def test_digest_sees_one_bit(alpha, chain, draw):
    other = alpha.copy()
    other.view(np.uint64)[chain, draw] ^= 1
    assert draws_digest(fit_of(alpha, alpha)) != draws_digest(fit_of(other, alpha))


def test_digest_of_negative_zero_is_another():
    zero = np.zeros((2, 3))
    assert draws_digest(fit_of(zero, zero)) != draws_digest(fit_of(-zero, zero))


def test_digest_does_not_depend_on_the_order_of_names(fit):
    turned = dict(reversed(fit.posterior.items()))
    assert draws_digest(replace(fit, posterior=turned)) == draws_digest(fit)


def test_digest_does_not_depend_on_memory_order(fit):
    turned = {name: np.asfortranarray(value) for name, value in fit.posterior.items()}
    assert draws_digest(replace(fit, posterior=turned)) == draws_digest(fit)


def test_digest_does_not_depend_on_seconds(fit):
    assert draws_digest(replace(fit, sample_seconds=2.0)) == draws_digest(fit)


def test_digest_sees_names(fit):
    renamed = {"beta": fit.posterior["alpha"], "sigma": fit.posterior["sigma"]}
    assert draws_digest(replace(fit, posterior=renamed)) != draws_digest(fit)


def test_digest_sees_shapes(fit):
    turned = {name: value.reshape(3, 2) for name, value in fit.posterior.items()}
    assert draws_digest(replace(fit, posterior=turned)) != draws_digest(fit)


def test_digest_sees_statistics(fit):
    stats = {"lp": np.ones((2, 3))}
    assert draws_digest(replace(fit, sample_stats=stats)) != draws_digest(fit)


def test_digest_passes_over_what_is_left_out(fit):
    kept = replace(fit, posterior={"sigma": fit.posterior["sigma"]})
    assert draws_digest(fit, leave_out=frozenset({"alpha"})) == draws_digest(kept)


def test_code_hash_is_one_per_source():
    assert (code_sha256(), len(code_sha256())) == (code_sha256(), 64)
