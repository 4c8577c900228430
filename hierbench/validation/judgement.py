"""Forms x checks: what each setting's gate, reference and rivals say, and one word for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from hierbench.agreement.engine import Shift
from hierbench.agreement.reference import Distance, Known, distances
from hierbench.agreement.settings import FAMILY_WISE_LEVEL, Standing, agreement_of
from hierbench.comparison.results import axes_in_words
from hierbench.comparison.settings import finished_of, grouped, passing
from hierbench.sweeps.rivals import Rivals

__all__ = ["Judged", "Judgement", "Verdict", "judged"]


class Verdict(StrEnum):
    """What is known of a setting."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Judged:
    """One setting and its checks.

    Attributes
    ----------
    data, posterior, name : str
        What it samples, and the setting in words.
    cells, passed : int
        All its cells, and those that passed the gate; only these are judged.
    why : str
        Why cells did not pass: the first one's failed thresholds, or its failure.
    has_reference : bool
        Whether the posterior has one.
    reference : Distance or None
        None where there is no reference, or nothing to hold against it.
    agreement : Standing or None
        None where no cell passed the gate.
    """

    data: str
    posterior: str
    name: str
    cells: int
    passed: int
    why: str
    has_reference: bool
    reference: Distance | None
    agreement: Standing | None

    @property
    def shift(self) -> Shift | None:
        """Where it differs: from the reference, else from its rivals; None where it does not."""
        if self.reference and self.reference.differs:
            return self.reference.shift
        return self.agreement.shift if self.agreement and self.agreement.differs else None

    @property
    def verdict(self) -> Verdict:
        """One word: a setting that nothing could be held against is undecided."""
        if self.shift:
            return Verdict.DIFFERS
        checked = self.reference or (self.agreement and self.agreement.others)
        return Verdict.AGREES if checked else Verdict.UNDECIDED


@dataclass(frozen=True)
class Judgement:
    """All settings, judged together.

    Attributes
    ----------
    level : float
        Family-wise error rate of the reference checks, and once more of the agreement.
    reference_bound, agreement_bound : float
        The absolute z that it allows.
    notes : tuple of str
        What could not be read.
    """

    rows: tuple[Judged, ...]
    level: float
    reference_bound: float
    agreement_bound: float
    notes: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether any setting does."""
        return any(row.verdict is Verdict.DIFFERS for row in self.rows)


def judged(
    cells: pd.DataFrame, read: Rivals, known: Mapping[str, Known], level: float = FAMILY_WISE_LEVEL
) -> Judgement:
    """Judge the settings among `cells` by their tables `read`; `known` is by posterior.

    A setting that differs from its reference is no measure for its rivals.
    """
    against, reference_bound = distances(read.rivals, known, level)
    places = list(read.rivals)
    wrong = [i for i, place in enumerate(places) if place in against and against[place].differs]
    among = agreement_of([read.rivals[place] for place in places], level=level, wrong=wrong)
    standing = dict(zip(places, among.standings, strict=True))
    groups, passed = grouped(cells), passing(cells)
    rows = []
    for place, (posterior, *values) in enumerate(groups.names):
        mine = groups.codes == place
        axes = dict(zip(groups.axes, values, strict=True))
        rows.append(
            Judged(
                data=str(cells["data"][mine].iloc[0]),
                posterior=posterior,
                name=name_of(axes),
                cells=int(mine.sum()),
                passed=int((mine & passed).sum()),
                why=why_not(cells[mine & ~passed]),
                has_reference=posterior in known,
                reference=against.get(place),
                agreement=standing.get(place),
            )
        )
    return Judgement(tuple(rows), level, reference_bound, among.bound, read.left_out)


def name_of(axes: Mapping[str, str]) -> str:
    """Return a setting in words, its prior's scale too where that differs.

    >>> name_of({"parameterization": "centered", "prior.scale": "2"})
    'centered · scale 2'
    """
    scale = axes.get("prior.scale")
    first = {"parameterization": axes["parameterization"]}
    return axes_in_words({**first, **axes}) + (f" · scale {scale}" if scale else "")


def why_not(cells: pd.DataFrame) -> str:
    """Return why the first of `cells` did not pass the gate, empty where there are none."""
    if cells.empty:
        return ""
    first = cells.iloc[0]
    texts: Sequence[str] = [str(first[name]) for name in ("gate_failures", "failure")]
    if finished_of(cells)[0]:
        return texts[0] or "it ran without a gate"
    return texts[1] or str(first["status"]).lower()
