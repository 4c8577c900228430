"""The verdict on synthetic draws."""

import numpy as np
import pytest

from hierbench.agreement.draws import equivalence, equivalence_of_chains
from hierbench.reproduction.verdict import Verdict, judge

PARAMETERS = 5
NAMES = [f"p{number}" for number in range(PARAMETERS)]


def draws(seed, length=1000, chains=4, *, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, size=(chains, length, PARAMETERS))


def verdict_of(first, second, *, passed=(True, True)):
    compare = equivalence if all(passed) else equivalence_of_chains
    found = judge(
        compare(NAMES, first, second),
        identical=False,
        recorded_passed=passed[0],
        new_passed=passed[1],
    )
    return found.verdict


def test_verdict_equal_digests_are_identical():
    found = judge(None, identical=True, recorded_passed=False, new_passed=False)
    assert found.verdict is Verdict.IDENTICAL


def test_verdict_other_estimands_are_different():
    found = judge(None, identical=False, recorded_passed=True, new_passed=True)
    assert found.verdict is Verdict.DIFFERENT


def test_verdict_another_seed_is_equivalent():
    assert verdict_of(draws(1), draws(2)) is Verdict.EQUIVALENT


def test_verdict_a_shift_of_half_an_sd_is_different():
    assert verdict_of(draws(1), draws(2, shift=[0.5, 0, 0, 0, 0])) is Verdict.DIFFERENT


def test_verdict_another_sd_is_different():
    assert verdict_of(draws(1), draws(2) * [1, 1, 1.3, 1, 1]) is Verdict.DIFFERENT


def test_verdict_few_draws_are_undecided():
    assert verdict_of(draws(1, 50), draws(2, 50)) is Verdict.UNDECIDED


@pytest.mark.parametrize("passed", [(True, False), (False, True), (False, False)])
def test_verdict_a_failed_gate_is_undecided(passed):
    assert verdict_of(draws(1), draws(2), passed=passed) is Verdict.UNDECIDED


def test_verdict_chains_that_never_mixed_are_undecided():
    stuck = [np.random.default_rng(seed).normal(size=(4, 1, 1)) * 5 for seed in (1, 2)]
    first, second = (draws(seed) * 0.1 + stuck[seed] for seed in (0, 1))
    assert verdict_of(first, second, passed=(False, False)) is Verdict.UNDECIDED


def test_verdict_another_posterior_is_different_though_a_gate_failed():
    assert verdict_of(draws(1), draws(2) + 3, passed=(True, False)) is Verdict.DIFFERENT


def test_verdict_single_chains_are_undecided():
    first, second = draws(1, chains=1), draws(2, chains=1) + 3
    assert verdict_of(first, second, passed=(False, False)) is Verdict.UNDECIDED


def test_verdict_draws_that_are_not_numbers_are_undecided():
    broken = draws(2)
    broken[0, 0, 0] = np.nan
    assert verdict_of(draws(1), broken) is Verdict.UNDECIDED


def reasons(first, second):
    compared = equivalence(NAMES, first, second)
    return judge(compared, identical=False, recorded_passed=True, new_passed=True).reasons


def test_verdict_names_the_worst_parameter_first():
    found = reasons(draws(1), draws(2, shift=[0, 0.5, 0, 2, 0]))
    assert [reason[:2] for reason in found[:2]] == ["p3", "p1"]


def test_verdict_prints_the_shift_that_would_have_been_found():
    assert (
        "posterior sd in any one parameter would have been found" in reasons(draws(1), draws(2))[1]
    )


def test_verdict_says_when_it_is_too_weak():
    assert reasons(draws(1, 50), draws(2, 50))[1].startswith("too weak")
