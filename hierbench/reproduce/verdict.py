"""The one word in which a reproduction ends."""

from dataclasses import dataclass
from enum import StrEnum

from hierbench.diagnostics.agreement import Agreement

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
    agreement: Agreement | None, *, identical: bool, recorded_passed: bool, new_passed: bool
) -> Judgement:
    """Return the verdict on a recorded and a new run.

    Parameters
    ----------
    agreement : Agreement or None
        Of the estimands; None when the two runs do not hold the same ones.
    identical : bool
        Whether the digests of the draws are equal.
    recorded_passed, new_passed : bool
        Whether each run passed its gate.
    """
    if identical:
        return Judgement(Verdict.IDENTICAL, ("the digests of the draws are equal",))
    if agreement is None:
        return Judgement(Verdict.DIFFERENT, ("the two runs hold different estimands",))
    if not agreement.agrees:
        return Judgement(Verdict.DIFFERENT, tuple(beyond(agreement)))
    doubts = doubts_of(agreement, recorded_passed=recorded_passed, new_passed=new_passed)
    if doubts:
        return Judgement(Verdict.UNDECIDED, tuple(doubts))
    return Judgement(Verdict.EQUIVALENT, (weakest(agreement),))


def beyond(agreement: Agreement) -> list[str]:
    """Return a sentence for each of the parameters that are furthest apart."""
    return [
        f"{name}: z {z_mean:+.1f} of the mean, {z_sd:+.1f} of the sd, bound {agreement.bound:.1f}"
        for name, z_mean, z_sd in agreement.worst(WORST_SHOWN)
    ]


def doubts_of(agreement: Agreement, *, recorded_passed: bool, new_passed: bool) -> list[str]:
    """Return why an agreement says too little, nothing when it says enough."""
    doubts = []
    if not recorded_passed:
        doubts.append("the recorded run failed its gate")
    if not new_passed:
        doubts.append("the new run failed its gate")
    if not agreement.smallest_shift < LARGEST_UNSEEN_SHIFT:
        doubts.append(f"too weak: {weakest(agreement)}")
    return doubts


def weakest(agreement: Agreement) -> str:
    """Return what the comparison would have found."""
    return (
        f"means and sds agree; a shift of {agreement.smallest_shift:.2f} posterior sd in any "
        "one parameter would have been found"
    )
