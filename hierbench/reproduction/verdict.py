"""The one word in which a reproduction ends."""

from dataclasses import dataclass
from enum import StrEnum

from hierbench.agreement.draws import FAMILY_WISE_LEVEL, Equivalence

__all__ = ["LARGEST_UNSEEN_SHIFT", "Judgement", "Verdict", "judge"]

LARGEST_UNSEEN_SHIFT = 0.5
"""Posterior sds: a comparison that could miss more than this decides nothing."""

WORST_SHOWN = 3


class Verdict(StrEnum):
    """Whether a run came out again."""

    IDENTICAL = "IDENTICAL"
    EQUIVALENT = "EQUIVALENT"
    UNDECIDED = "UNDECIDED"
    DIFFERENT = "DIFFERENT"

    def good(self, *, strict: bool = False) -> bool:
        """Return whether it came out again: the same draws, or unless `strict` the same means."""
        return self is Verdict.IDENTICAL or (self is Verdict.EQUIVALENT and not strict)


@dataclass(frozen=True)
class Judgement:
    """A verdict and why.

    Attributes
    ----------
    reasons : tuple of str
        A sentence each.
    """

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(
    equivalence: Equivalence | None, *, identical: bool, recorded_passed: bool, new_passed: bool
) -> Judgement:
    """Return the verdict on a recorded and a new run.

    Parameters
    ----------
    equivalence : Equivalence or None
        Of the estimands, by chains unless both runs passed; None when the two runs do not hold
        the same ones.
    identical : bool
        Whether all draws are equal, bit for bit.
    recorded_passed, new_passed : bool
        Whether each run passed a gate that checks convergence.
    """
    if identical:
        return Judgement(Verdict.IDENTICAL, ("all draws are equal, bit for bit",))
    if equivalence is None:
        return Judgement(Verdict.DIFFERENT, ("the two runs hold different estimands",))
    failed = failures(recorded_passed=recorded_passed, new_passed=new_passed)
    if equivalence.differs:
        return Judgement(Verdict.DIFFERENT, (*failed, *beyond(equivalence)))
    doubts = [*failed, *weaknesses(equivalence)]
    if doubts:
        return Judgement(Verdict.UNDECIDED, ("means and sds agree as far as can be told", *doubts))
    return Judgement(Verdict.EQUIVALENT, ("means and sds agree", found_shift(equivalence)))


def beyond(equivalence: Equivalence) -> list[str]:
    """Return a sentence for each of the parameters that are furthest apart."""
    return [
        f"{name}: z {z_mean:+.1f} of the mean, {z_sd:+.1f} of the sd, bound {equivalence.bound:.1f}"
        for name, z_mean, z_sd in equivalence.worst(WORST_SHOWN)
    ]


def failures(*, recorded_passed: bool, new_passed: bool) -> list[str]:
    """Return a sentence for each run that did not converge."""
    passed = {"recorded": recorded_passed, "new": new_passed}
    return [
        f"the {name} run failed its gate, or its gate checks no r_hat or no ess_bulk: only "
        "whole chains were compared"
        for name, good in passed.items()
        if not good
    ]


def weaknesses(equivalence: Equivalence) -> list[str]:
    """Return why a comparison that found nothing could have missed something."""
    if equivalence.undefined:
        return [f"{', '.join(equivalence.undefined[:WORST_SHOWN])}: not comparable"]
    if not equivalence.smallest_shift < LARGEST_UNSEEN_SHIFT:
        return [f"too weak: {found_shift(equivalence)}, and {LARGEST_UNSEEN_SHIFT} must be"]
    return []


def found_shift(equivalence: Equivalence) -> str:
    """Return what the comparison would have found."""
    return (
        f"a shift of {equivalence.smallest_shift:.2f} posterior sd in any one parameter would "
        f"have been found, at {FAMILY_WISE_LEVEL:.0%} over all {2 * len(equivalence.names)} "
        "comparisons"
    )
