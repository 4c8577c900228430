"""The parent run of a sweep: its note at the start; its table, report and note at the end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hierbench.comparison import Cell, Comparison, Sweep, cell_rows, compare_cells, tidied
from hierbench.comparison.text import asides, in_markdown, settings_table
from hierbench.disk import trouble, whole
from hierbench.errors import StoreError
from hierbench.markdown import code, inline, paragraph
from hierbench.process import this_process
from hierbench.records import RunStatus
from hierbench.report import write_report
from hierbench.shown import warn
from hierbench.sweeps.plan import SweepPlan
from hierbench.sweeps.rivals import found_agreement
from hierbench.tracking import (
    BadRecord,
    LocalRun,
    NewRun,
    Store,
    artifacts_of,
    as_ended,
    at_hand,
    ended,
    find_run,
    read,
    send,
    set_note,
    tell,
    tidy,
    view_page,
)
from hierbench.tracking.contract import COMPARISON, REPORT
from hierbench.tracking.fetching import AtHand

__all__ = ["Closed", "close_sweep", "parent_run"]

LONGEST_NOTE = 7500
"""Characters; MLflow keeps 8,000 of a tag."""


@dataclass(frozen=True)
class Closed:
    """How a sweep's own run ended.

    Attributes
    ----------
    agreement : str
        Whether the settings that share a posterior agree, in a sentence; empty after Ctrl-C.
    comparison : Comparison or None
        What report and note show; None where there is no cell, or where making it failed.
    unsent : str
        Why the store has not taken it; empty when it has.
    """

    agreement: str
    comparison: Comparison | None
    unsent: str = ""


def parent_run(plan: SweepPlan, command: str) -> NewRun:
    """Return what is known of the sweep before its first cell."""
    axes = {key: ",".join(values) for key, values in plan.axes.items()}
    data = ", ".join(dict.fromkeys(dataset.name for dataset in plan.datasets))
    return NewRun(
        kind="sweep",
        name=f"sweep of {len(plan.cells)} on {data}",
        note=opening(command, len(plan.cells), data, plan),
        tags={"command": command, "process": str(this_process())},
        params={"data": data, "workers": str(plan.workers), **axes},
    )


def opening(command: str, cells: int, data: str, plan: SweepPlan) -> str:
    """Return the parent's note as it stands from the start: what is swept, and the command."""
    swept = "\n".join(
        f"- {code(key)}: {inline(', '.join(values))}" for key, values in plan.axes.items()
    )
    return f"**{cells} cells on {inline(data)}**\n\n{swept}\n\n{code(command)}"


def close_sweep(
    store: Store, sweep_id: str, planned: int, cells: Sequence[Cell], status: RunStatus
) -> Closed:
    """Write the table of cells, the report, the counts and the note, and end the parent run.

    Raises
    ------
    KeyboardInterrupt
        While the report was made; after the parent run was ended KILLED.
    """
    folder = store.location.sweeps / sweep_id
    run = begun(store, sweep_id)
    comparison: Comparison | None = None
    agreement = ""
    finished = sum(cell.status is RunStatus.FINISHED for cell in cells)
    counts = {
        "cells": float(planned),
        "cells_finished": float(finished),
        "cells_failed": float(sum(cell.status is RunStatus.FAILED for cell in cells)),
    }
    try:
        if cells:
            rows = pd.DataFrame(cell_rows(cells))
            write_table(rows, artifacts_of(folder))
            table, files = tidied(rows), at_hand(folder)
            if status is not RunStatus.KILLED:
                agreement = found_agreement(store, table, files)
            sweep = ended_sweep(sweep_id, run, planned, status)
            comparison = reported(store, sweep, table, files, agreement)
    except KeyboardInterrupt:
        end_parent(store, folder, run, RunStatus.KILLED, counts, agreement)
        raise
    unsent = end_parent(store, folder, run, status, counts, agreement)
    if unsent:
        return Closed(agreement, comparison, unsent)
    if comparison is not None:
        with suppress(StoreError):  # for the eyes alone: all of it is in the report
            set_note(store, sweep_id, cut(closing(store, sweep_id, run.new.note, comparison)))
    for cell in list(folder.glob("*/")):
        tidy(cell)
    return Closed(agreement, comparison)


def begun(store: Store, sweep_id: str) -> LocalRun:
    """Return the parent run as its folder has it, else as the store has: the folder may be gone."""
    with suppress(FileNotFoundError, BadRecord):
        return read(store.location.sweeps / sweep_id)
    new = NewRun("sweep", "sweep", "", {}, {})
    with suppress(StoreError):
        sweep = find_run(store, sweep_id)
        started = int(sweep.started_seconds * 1000)
        new = NewRun("sweep", sweep.name, "", sweep.tags, sweep.params, started_ms=started)
    return LocalRun(new, run_id=sweep_id)


def write_table(rows: pd.DataFrame, artifacts: Path) -> None:
    """Write the table of cells, which `compare` reads; without it that reads every cell."""
    try:
        artifacts.mkdir(parents=True, exist_ok=True)
        with whole(artifacts / COMPARISON) as partial:
            rows.to_parquet(partial)
    except OSError as error:
        warn(f"the sweep's {COMPARISON} was not written: {trouble(error) or error}")


def end_parent(
    store: Store,
    folder: Path,
    run: LocalRun,
    status: RunStatus,
    counts: Mapping[str, float],
    agreement: str,
) -> str:
    """End the parent run; return in a sentence why the store has not taken it, if it has not."""
    tags = {"agreement": agreement}
    try:
        run = ended(folder, run, status, metrics=counts, tags=tags)
    except OSError as full:
        try:
            tell(store, folder, as_ended(run, status, metrics=counts, tags=tags))
        except StoreError as error:
            return f"the sweep's own run is open, `hierbench resume` ends it: {full}; {error}"
        return ""
    try:
        send(store, folder, run)
    except StoreError as error:
        return f"the sweep's own run is kept here, `hierbench sync` sends it: {error}"
    return ""


def ended_sweep(sweep_id: str, run: LocalRun, planned: int, status: RunStatus) -> Sweep:
    """Return the sweep as the comparison names it."""
    started_seconds = run.new.started_ms / 1000
    command = run.new.tags.get("command", "")
    return Sweep(sweep_id, run.new.name, str(status), planned, command, started_seconds)


def reported(
    store: Store, sweep: Sweep, cells: pd.DataFrame, files: AtHand, agreement: str
) -> Comparison | None:
    """Compare the cells and write the report beside their table; return the comparison.

    A sweep is not lost over its report: whatever goes wrong is said in one line.
    """
    comparison = None
    try:
        notes = [agreement] if agreement else []
        comparison = compare_cells(cells, sweeps=[sweep], notes=notes)
        path = artifacts_of(store.location.sweeps / sweep.sweep_id) / REPORT
        with whole(path) as partial:
            write_report(partial, comparison, store=store, at_hand=files)
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        warn(
            f"the report could not be drawn ({first}); try `hierbench compare "
            f"{sweep.sweep_id[:8]} --html {REPORT}`"
        )
    return comparison


def closing(store: Store, sweep_id: str, before: str, comparison: Comparison) -> Iterator[str]:
    """Yield the paragraphs of the parent's note at its end: places, what was swept, settings."""
    runs = f"#/experiments/{store.experiment_id}/runs"
    places = (
        f"[The report]({runs}/{sweep_id}/artifacts/{REPORT}) · "
        f"[all cells as a table]({view_page(store, 'table')}) · "
        f"[as charts]({view_page(store, 'charts')}) · `hierbench compare {sweep_id[:8]}`"
    )
    # The UI shows the first lines of a note and hides the rest.
    yield from (places, *map(paragraph, comparison.notes), before)
    for posterior in comparison.posteriors:
        yield in_markdown(settings_table(comparison, posterior))
        yield from map(paragraph, asides(comparison, posterior))


def cut(parts: Iterable[str]) -> str:
    r"""Return as many whole paragraphs as a note holds.

    >>> cut(["a", "b"])
    'a\n\nb'
    """
    kept: list[str] = []
    room = LONGEST_NOTE
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            kept.append("The rest is in the report.")
            break
        kept.append(part)
    return "\n\n".join(kept)
