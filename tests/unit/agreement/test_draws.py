"""Laws and error rates of the comparison of two sets of draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.agreement.draws import equivalence, equivalence_of_chains

COMPARISONS = [equivalence, equivalence_of_chains]
NAMES = ["a", "b"]


def draws(seed, length=200, chains=4, *, shift=0.0):
    return np.random.default_rng(seed).normal([shift, 0], 1, size=(chains, length, len(NAMES)))


@pytest.mark.parametrize("compare", COMPARISONS)
@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_agreement_is_antisymmetric(compare, seed):
    there, back = (compare(NAMES, draws(seed + i), draws(seed + 1 - i)) for i in (0, 1))
    np.testing.assert_allclose(there.z[0], -back.z[0])


@pytest.mark.parametrize("compare", COMPARISONS)
@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-100, 100))
def test_agreement_does_not_depend_on_units(compare, seed, scale, shift):
    first, second = draws(seed), draws(seed + 1)
    plain, other = (
        compare(NAMES, first, second),
        compare(NAMES, first * scale + shift, second * scale + shift),
    )
    np.testing.assert_allclose(plain.z[0], other.z[0], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(plain.smallest_shift, other.smallest_shift, rtol=1e-6)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_agreement_does_not_depend_on_the_order_of_chains(compare):
    first, second = draws(1), draws(2)
    plain, other = compare(NAMES, first, second), compare(NAMES, first[::-1], second)
    np.testing.assert_allclose(plain.z[0], other.z[0], rtol=1e-10)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_agreement_with_itself(compare):
    assert not compare(NAMES, draws(1), draws(1)).differs


@pytest.mark.parametrize("compare", COMPARISONS)
def test_agreement_of_a_constant_with_itself(compare):
    first, second = draws(1), draws(2)
    first[..., 0] = second[..., 0] = 1.0
    found = compare(NAMES, first, second)
    assert (found.z[0][0], found.z[1][0]) == (0.0, 0.0)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_agreement_finds_the_shift_it_says(compare):
    """At its stated power of 90 %; 60 % leaves 9 standard errors of 200 trials."""
    shift = compare(NAMES, draws(1), draws(2)).smallest_shift
    moved = [
        compare(NAMES, draws(3 * seed), draws(3 * seed + 1, shift=shift)).differs
        for seed in range(200)
    ]
    assert np.mean(moved) > 0.6


@pytest.mark.parametrize("compare", COMPARISONS)
def test_agreement_keeps_its_level(compare):
    """Of 300 pairs 3 are expected beyond the bound; 12 would be 5 standard errors more."""
    found = [compare(NAMES, draws(2 * seed), draws(2 * seed + 1)).differs for seed in range(300)]
    assert np.sum(found) <= 12


def test_agreement_of_chains_keeps_its_level_without_mixing():
    """Chains stuck where they began: the chains' means are all there is to compare."""
    rng = np.random.default_rng(1)
    runs = [rng.normal(size=(4, 1, 2)) * 10 + draws(seed, 20) for seed in range(600)]
    found = [
        equivalence_of_chains(NAMES, first, second).differs
        for first, second in zip(runs[::2], runs[1::2], strict=True)
    ]
    assert np.sum(found) <= 12


def test_agreement_names_what_it_cannot_compare():
    broken = draws(2)
    broken[0, 0, 1] = np.nan
    assert equivalence(NAMES, draws(1), broken).undefined == ["b"]


def test_agreement_of_single_chains_is_undefined():
    found = equivalence_of_chains(NAMES, draws(1, chains=1), draws(2, chains=1))
    assert not found.differs
    assert not found.smallest_shift < np.inf
