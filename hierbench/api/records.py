"""What fits and comparisons return: records shown as text, and in a notebook as tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from hierbench.api.parts import Part, failures_table, in_html, in_text, parts_of
from hierbench.comparison import Comparison, cells_frame
from hierbench.comparison.text import TextTable, figure
from hierbench.records import CellResult, RunStatus
from hierbench.sweeps.execute import SweepOutcome
from hierbench.sweeps.progress import outcome

__all__ = ["Compared", "Ran", "Swept"]


@dataclass(frozen=True, repr=False)
class Compared:
    """Settings side by side; shown as the tables of `hierbench compare`.

    Attributes
    ----------
    comparison : Comparison
        All that was found, intervals and ranks among it.
    """

    comparison: Comparison

    @property
    def cells(self) -> pd.DataFrame:
        """One row per cell, as `Comparison.cells` describes it."""
        return self.comparison.cells

    @property
    def settings(self) -> pd.DataFrame:
        """One row per setting, in order: posterior, axes, its cells and how many passed the gate.

        Of the metric that ranks `median`, `low` and `high` (90 % interval), NaN where there is
        none; `p_best` is NaN for a setting that is not ranked.
        """
        metric = self.comparison.metric
        rows = []
        for setting in self.comparison.settings:
            figure = setting.estimates.get(metric)
            rows.append(
                {
                    "posterior": setting.posterior,
                    **{name: setting.axes[name] for name in self.comparison.axes},
                    "cells": setting.cells,
                    "passed": setting.passed,
                    "metric": metric,
                    "median": None if figure is None else figure.median,
                    "low": None if figure is None else figure.low,
                    "high": None if figure is None else figure.high,
                    "p_best": setting.probability_best.get(metric),
                }
            )
        return pd.DataFrame(rows).astype(dict.fromkeys(("median", "low", "high", "p_best"), float))

    def __repr__(self) -> str:
        """Return the notes and the tables as text."""
        return in_text(parts_of(self.comparison))

    def _repr_html_(self) -> str:
        """Return the notes and the tables for a notebook."""
        return in_html(parts_of(self.comparison))


@dataclass(frozen=True, repr=False, eq=False)
class Ran:
    """One cell that was fitted.

    Attributes
    ----------
    result : CellResult
        How it ended.
    notes : tuple of str
        What should be known of its data, and why the store has not taken the run, if it has not.
    """

    result: CellResult
    notes: tuple[str, ...] = ()

    @property
    def run_id(self) -> str:
        """Its id, for `posterior` and `reproduce`; empty where the store has never answered."""
        return self.result.run_id

    @property
    def status(self) -> RunStatus:
        """FINISHED, or FAILED where the fit raised; `failure` says why."""
        return self.result.status

    @property
    def failure(self) -> str:
        """Why it failed; empty where it finished."""
        return self.result.tags.get("failure", "")

    @property
    def passed(self) -> bool:
        """Whether it finished and passed the gate."""
        return self.status is RunStatus.FINISHED and self.result.tags.get("gate") == "passed"

    @property
    def metrics(self) -> Mapping[str, float]:
        """Its figures, as docs/metrics.md defines them; one that is undefined is left out."""
        return self.result.metrics

    def __repr__(self) -> str:
        """Return how it ended in two lines."""
        return in_text([f"{self.result.name}  {outcome(self.result).strip()}", *self._ends()])

    def _repr_html_(self) -> str:
        """Return how it ended, and its figures as a table."""
        rows = tuple((name, figure(value, 4)) for name, value in sorted(self.metrics.items()))
        table = TextTable(self.result.name, ("metric", "value"), 1, rows)
        return in_html([outcome(self.result).strip(), table, *self._ends()])

    def _ends(self) -> list[str]:
        """Return the notes and the run's id."""
        return [*self.notes, f"run {self.run_id}"]


@dataclass(frozen=True, repr=False, eq=False)
class Swept:
    """A sweep that has ended; shown as the tables that `hierbench sweep` prints.

    Attributes
    ----------
    outcome : SweepOutcome
        How it ended, cell by cell.
    notes : tuple of str
        What should be known of its data, and why the store has not taken results, if it has not.
    """

    outcome: SweepOutcome
    notes: tuple[str, ...] = ()

    @property
    def sweep_id(self) -> str:
        """Its id, for `compare`."""
        return self.outcome.sweep_id

    @property
    def cells(self) -> pd.DataFrame:
        """One row per cell, as `runs` gives them."""
        return cells_frame(self.outcome.cells)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The id of each cell's run, in the order in which they ended."""
        return tuple(str(run_id) for run_id in self.cells["run_id"])

    @property
    def compared(self) -> "Compared | None":
        """The settings side by side; None where no comparison could be made."""
        found = self.outcome.comparison
        return None if found is None else Compared(found)

    @property
    def agreement(self) -> str:
        """Whether the settings that share a posterior agree, in a sentence."""
        return self.outcome.agreement

    @property
    def failed(self) -> tuple[CellResult, ...]:
        """The cells that failed: `tags["failure"]` of each says why."""
        return self.outcome.failed

    @property
    def good(self) -> bool:
        """Whether every cell finished and the store has all of them; a gate does not count."""
        return self.outcome.is_kept

    def __repr__(self) -> str:
        """Return the tables as text."""
        return in_text(self._parts())

    def _repr_html_(self) -> str:
        """Return the tables for a notebook."""
        return in_html(self._parts())

    def _parts(self) -> list[Part]:
        """Return notes, tables, what failed, and the sweep's id."""
        found = self.outcome.comparison
        parts: list[Part] = [*self.notes]
        parts += [self.agreement] * bool(self.agreement) if found is None else parts_of(found)
        if self.failed:
            parts.append(failures_table(self.failed))
            parts.append(f"Run what failed again: `hierbench resume {self.sweep_id[:8]}`")
        return [*parts, f"sweep {self.sweep_id}"]
