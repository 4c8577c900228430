"""What became of settings since a baseline: records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hierbench.comparison.results import axes_in_words

__all__ = ["Baseline", "Change", "Outcome"]


class Outcome(StrEnum):
    """What became of one setting; the order is that of gravity."""

    POSTERIOR = "changed posterior"
    GATE = "passes the gate less often"
    SLOWER = "slower"
    FASTER = "faster"
    UNDECIDED = "undecided"
    UNRANKED = "not compared"


BAD = (Outcome.POSTERIOR, Outcome.GATE, Outcome.SLOWER)


@dataclass(frozen=True)
class Change:
    """One setting then and now.

    Attributes
    ----------
    posterior : str
        What it samples.
    axes : mapping of str to str
        The parameters that differ among the settings compared.
    outcome : Outcome
        The gravest thing found.
    slowdown, low, high : float or None
        Of the metric, then over now where higher is better, else now over then: 1.2 is a fifth
        more time for the same. With its 90 % interval. None where a side has no two passing
        seeds.
    p_value : float or None
        One-sided, of no slowdown.
    seeds : tuple of int
        Cells that ended then and now.
    passed : tuple of int
        Of these, cells that passed the gate.
    same_draws : int
        Cells of one cell_key whose draws are the same bit for bit.
    paired : bool
        Whether the cells were compared seed by seed: where all draws are the same, the seeds'
        own differences cancel.
    shift : str
        What of the posterior changed, as a phrase; empty where nothing was found.
    note : str
        Why there is no ratio.
    """

    posterior: str
    axes: Mapping[str, str]
    outcome: Outcome
    slowdown: float | None
    low: float | None
    high: float | None
    p_value: float | None
    seeds: tuple[int, int]
    passed: tuple[int, int]
    same_draws: int
    paired: bool
    shift: str
    note: str

    @property
    def name(self) -> str:
        """The axes in words, without what the posterior names."""
        return axes_in_words(self.axes)


@dataclass(frozen=True)
class Baseline:
    """A sweep against its baseline.

    Attributes
    ----------
    metric : str
        By which settings are faster or slower.
    threshold : float
        The smallest estimated slowdown that counts.
    overall, overall_low, overall_high : float or None
        Geometric mean of the settings' slowdowns with its 90 % interval; None where none was
        compared.
    overall_slower : bool
        Whether the settings are slower taken together.
    changes : tuple of Change
        The settings that both sweeps have.
    only_then, only_now : int
        Settings that one of the two has alone.
    notes : tuple of str
        Why seconds are not compared, and the like.
    """

    metric: str
    threshold: float
    overall: float | None
    overall_low: float | None
    overall_high: float | None
    overall_slower: bool
    changes: tuple[Change, ...]
    only_then: int
    only_now: int
    notes: tuple[str, ...]

    @property
    def bad(self) -> bool:
        """Whether something was found that a change of code should not do."""
        return self.overall_slower or any(change.outcome in BAD for change in self.changes)
