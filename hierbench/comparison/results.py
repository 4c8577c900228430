"""What a comparison found: records that tables, files and the report are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

__all__ = [
    "IN_POSTERIOR",
    "Comparison",
    "Estimate",
    "Lead",
    "Pair",
    "Setting",
    "Sweep",
    "axes_in_words",
]


IN_POSTERIOR = ("data", "prior")
"""Axes that the posterior's own name has, with what hangs below them."""


def axes_in_words(axes: Mapping[str, str]) -> str:
    """Return the axes' values, without what a posterior's own name has.

    >>> axes_in_words({"data": "ames", "parameterization": "centered", "sampler.tune": "500"})
    'centered · tune 500'
    """
    return " · ".join(
        f"{key.rpartition('.')[2]} {value}" if "." in key else value
        for key, value in axes.items()
        if value and key.partition(".")[0] not in IN_POSTERIOR
    )


class Lead(StrEnum):
    """What an interval says of a ratio."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Estimate:
    """One metric of one setting over its seeds.

    Attributes
    ----------
    median : float or None
        Over the finished cells; None when one of them lacks the metric.
    low, high : float or None
        Ends of the 90 % interval for the value of a typical seed (the median of all seeds that
        could be run); None where there is none, and `note` says why.
    seeds : int
        Cells behind the figures.
    note : str
        Why there is no interval or no median, as a phrase: "one seed", "timing not valid in 2 of
        3 cells"; empty when all is there.
    """

    median: float | None
    low: float | None
    high: float | None
    seeds: int
    note: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval."""
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class Setting:
    """Cells that differ by seed alone.

    Attributes
    ----------
    posterior : str
        What the cells sample: figures are ranked within one posterior only.
    axes : mapping of str to str
        The parameters that differ among the settings compared, in the order of the tables.
    cells, finished, failed, passed : int
        All cells; those that finished, that failed or were killed, and that passed the gate.
    why_unranked : str
        Why the setting is listed and not ranked, as a phrase; empty when it is ranked.
    estimates : mapping of str to Estimate
        By metric: every metric that any cell of the comparison has.
    probability_best : mapping of str to float
        By metric, among the ranked settings of the posterior, 0 to 1; no entry where the
        setting is not ranked, the metric has no better end, or there is no interval.
    r_hat_worst : float or None
        Largest r_hat_max; None when a finished cell has none.
    divergences : int
        Of all finished cells together.
    run_ids : tuple of str
        Of all cells, in the order of their seeds.
    worst_run : str
        Id of the finished cell with the largest r_hat_max, the first of equals; empty when no
        cell finished.
    """

    posterior: str
    axes: Mapping[str, str]
    cells: int
    finished: int
    failed: int
    passed: int
    why_unranked: str
    estimates: Mapping[str, Estimate]
    probability_best: Mapping[str, float]
    r_hat_worst: float | None
    divergences: int
    run_ids: tuple[str, ...]
    worst_run: str

    @property
    def ranked(self) -> bool:
        """Whether the setting takes part in ranks and pairs."""
        return not self.why_unranked

    @property
    def name(self) -> str:
        """The axes in words, without what the posterior names: ``centered · target_accept 0.8``."""
        return axes_in_words(self.axes)


@dataclass(frozen=True)
class Pair:
    """Two ranked settings of one posterior, by one metric.

    Attributes
    ----------
    metric : str
        The metric.
    first, second : int
        Positions in `Comparison.settings`.
    ratio, low, high : float
        Of the typical values, first over second, with its 90 % interval.
    verdict : Lead
        Of the first, whichever end of the metric is better.
    more_seeds : int or None
        How many more seeds each of the two would need until the interval can be expected (at
        80 %) to leave 1 out, if the figures stay as they are; 0 where it does, None where
        a thousand would not do.
    command : str
        The command that adds them; empty where none is needed or known.
    """

    metric: str
    first: int
    second: int
    ratio: float
    low: float
    high: float
    verdict: Lead
    more_seeds: int | None
    command: str = ""


@dataclass(frozen=True)
class Sweep:
    """A sweep as far as a comparison needs it.

    Attributes
    ----------
    status : str
        RUNNING, FINISHED, FAILED or KILLED.
    planned : int or None
        Cells in its plan; None while that is not known.
    command : str
        That started it.
    started_seconds : float
        Since 1970.
    source : str
        Where its cells were read: "table" (its comparison.parquet) or "store".
    agreement : str
        Whether its settings agree, as its end found; empty where that is not known.
    """

    sweep_id: str
    name: str
    status: str
    planned: int | None = None
    command: str = ""
    started_seconds: float = 0.0
    source: str = "store"
    agreement: str = ""


@dataclass(frozen=True)
class Comparison:
    """Settings side by side, and ranked within each posterior.

    Attributes
    ----------
    sweeps : tuple of Sweep
        Where the cells come from.
    metric : str
        The metric by which `settings` are ordered and `pairs` are made.
    metrics : tuple of str
        Every metric that any cell has, in the contract's order.
    axes : mapping of str to tuple of str
        The parameters that differ among the settings, with their values in order.
    settings : tuple of Setting
        Those of one posterior together; within it the ranked ones, best first by `metric`, then
        the others.
    pairs : tuple of Pair
        By `metric`: the first setting of each posterior against each other ranked one.
    cells : DataFrame
        One row per cell: run_id, sweep_id, status, posterior, gate, gate_failures, failure,
        worst, timing_valid, timing_reasons, cell_key, draws_digest and fingerprint (text, empty
        where there is none), the flat configuration (text) and every metric (float64, NaN where
        there is none). `setting` is the position in `settings`.
    params : tuple of str
        The columns of `cells` that are configuration.
    notes : tuple of str
        Sentences that a reader must see first: sweeps in progress, settings of one seed, machines
        that differ.
    """

    sweeps: tuple[Sweep, ...]
    metric: str
    metrics: tuple[str, ...]
    axes: Mapping[str, tuple[str, ...]]
    settings: tuple[Setting, ...]
    pairs: tuple[Pair, ...]
    cells: pd.DataFrame
    params: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def posteriors(self) -> dict[str, tuple[Setting, ...]]:
        """The settings of each posterior, in order."""
        names = dict.fromkeys(setting.posterior for setting in self.settings)
        return {
            name: tuple(setting for setting in self.settings if setting.posterior == name)
            for name in names
        }
