"""What a reproduction and a validation return: a verdict, why, and the table behind it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from hierbench.api.parts import Part, failures_table, in_html, in_text
from hierbench.comparison.text import TextTable, figure

if TYPE_CHECKING:  # they import samplers, or much
    from hierbench.reproduction import Reproduction, Verdict
    from hierbench.validation.judging import Validation

__all__ = ["Reproduced", "Validated"]


@dataclass(frozen=True, repr=False, eq=False)
class Reproduced:
    """A run that was fitted again.

    Attributes
    ----------
    reproduction : Reproduction
        Both runs and what was found.
    notes : tuple of str
        What was said meanwhile.
    """

    reproduction: "Reproduction"
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> "Verdict":
        """IDENTICAL, EQUIVALENT, UNDECIDED or DIFFERENT; it compares equal to that text."""
        return self.reproduction.judgement.verdict

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, a sentence each."""
        return self.reproduction.judgement.reasons

    @property
    def changes(self) -> tuple[str, ...]:
        """What is not as it was recorded: code, packages, machine, data; a phrase each."""
        return self.reproduction.changes

    @property
    def run_id(self) -> str:
        """Id of the new run."""
        return self.reproduction.new.run_id

    def __repr__(self) -> str:
        """Return the verdict, why, and what has changed."""
        return in_text(self._parts())

    def _repr_html_(self) -> str:
        """Return the same for a notebook, the timings as a table."""
        rows = tuple(
            (name, figure(old), figure(new))
            for name, (old, new) in self.reproduction.timings.items()
        )
        table = TextTable("Timings", ("seconds", "then", "now"), 1, rows)
        return in_html([*self._parts(), *([table] if rows else [])])

    def _parts(self) -> list[Part]:
        """Return the paragraphs."""
        found = self.reproduction
        changed = f"not as recorded: {'; '.join(self.changes)}" if self.changes else ""
        said = (f"{self.verdict}: {'; '.join(self.reasons)}", changed, *self.notes)
        return [*filter(None, said), f"run {self.run_id} (new) repeats run {found.recorded.run_id}"]


@dataclass(frozen=True, repr=False, eq=False)
class Validated:
    """Settings held to their reference posteriors and to each other.

    Attributes
    ----------
    validation : Validation
        All that was found.
    notes : tuple of str
        What should be known of the data, and why the store has not taken results, if it has not.
    """

    validation: "Validation"
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether no setting differs, every fit finished, and the store has all of them.

        A setting that nothing could be held against is undecided and does not count.
        """
        return self.validation.good

    @property
    def table(self) -> pd.DataFrame:
        """One row per setting: data, posterior, setting, cells, passed, verdict and the checks.

        `verdict` is agrees, differs or undecided, and `parameter` is the one that differs. Of the
        reference: its name, `mean_error` and `sd_error` (the largest over all estimands, in
        posterior sds) and `reference_z`; of the rivals `agreement_z`. NaN where there is none.
        """
        rows = []
        for row in self.validation.judgement.rows:
            reference, agreement = row.reference, row.agreement
            rivals = agreement.shift if agreement else None
            rows.append(
                {
                    "data": row.data,
                    "posterior": row.posterior,
                    "setting": row.name,
                    "cells": row.cells,
                    "passed": row.passed,
                    "verdict": str(row.verdict),
                    "parameter": row.shift.parameter if row.shift else "",
                    "reference": reference.reference if reference else "",
                    "mean_error": reference.mean_error if reference else None,
                    "sd_error": reference.sd_error if reference else None,
                    "reference_z": reference.shift.z if reference else None,
                    "agreement_z": rivals.z if rivals else None,
                }
            )
        figures = ("mean_error", "sd_error", "reference_z", "agreement_z")
        return pd.DataFrame(rows).astype(dict.fromkeys(figures, float))

    @property
    def sweep_ids(self) -> tuple[str, ...]:
        """The sweeps whose cells were judged."""
        return self.validation.sweep_ids

    def __repr__(self) -> str:
        """Return the tables as text."""
        return in_text(self._parts())

    def _repr_html_(self) -> str:
        """Return the tables for a notebook."""
        return in_html(self._parts())

    def _parts(self) -> list[Part]:
        """Return notes, tables, what failed, what differs, and the sweeps' ids."""
        from hierbench.validation.text import asides, checks_tables, sensitivity_tables

        found = self.validation
        failed = [failures_table(found.failed)] if found.failed else []
        return [
            *self.notes,
            *checks_tables(found.judgement),
            *failed,
            *sensitivity_tables(found.sensitivity),
            *asides(found.judgement, found.sensitivity),
            *(f"sweep {sweep_id}" for sweep_id in found.sweep_ids),
        ]
