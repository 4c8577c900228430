"""compare --baseline: a sweep against another, and whether it became slower."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hierbench.agreement.pooled import shifts_of
from hierbench.cli.arguments import Arguments
from hierbench.cli.tables import print_table, printable_table
from hierbench.cli.writing import writing
from hierbench.comparison.baseline import compare_baseline
from hierbench.comparison.changes import Baseline, Change
from hierbench.comparison.filters import where
from hierbench.comparison.matching import Matched, matched
from hierbench.comparison.pairs import cell_pairs
from hierbench.comparison.slowdowns import THRESHOLD
from hierbench.comparison.text import TextTable, figure, in_markdown
from hierbench.errors import ConfigError
from hierbench.markdown import paragraph
from hierbench.shown import say, say_json
from hierbench.sweeps.reading import chosen_sweeps, merged, read_sweep
from hierbench.sweeps.rivals import MOST_TABLES, parameters_of
from hierbench.terminal import console
from hierbench.tracking import Store, TrackedRun

__all__ = ["against_baseline"]

BAD = 1


def against_baseline(store: Store, sweeps: Sequence[TrackedRun], arguments: Arguments) -> int:
    """Print what became of each setting since the baseline; return 1 if it is bad."""
    for option in ("html", "rows", "columns", "verify"):
        if getattr(arguments, option):
            raise ConfigError(f"--{option} with --baseline: choose one of the two")
    threshold = THRESHOLD if arguments.threshold is None else arguments.threshold
    if not (math.isfinite(threshold) and threshold >= 1):
        raise ConfigError(f"--threshold {threshold:g}: a ratio, 1 or more; 1.1 is a tenth slower")
    (base,) = chosen_sweeps(store, [str(arguments.baseline)])
    if base.run_id in [sweep.run_id for sweep in sweeps]:
        raise ConfigError(f"--baseline {base.run_id}: the sweep itself; choose another sweep")
    then, _ = merged(dict([read_sweep(store, base)]))
    now, notes = merged(dict(read_sweep(store, sweep) for sweep in sweeps))
    both = matched(where(then, arguments.where), where(now, arguments.where))
    shifts, read = read_shifts(store, both)
    found = compare_baseline(both, metric=arguments.metric, threshold=threshold, shifts=shifts)
    if arguments.csv:
        with writing("--csv", arguments.csv) as file:
            printable_table(cell_pairs(both, found.metric)).to_csv(file, index=False)
    show(found, [*notes, *found.notes, *read], arguments, both)
    return BAD if found.bad else 0


def read_shifts(store: Store, both: Matched) -> tuple[list[str], list[str]]:
    """Return what of each shared setting's posterior changed, and what could not be read.

    Settings whose draws are all the same need no look.
    """
    open_settings = [setting for setting in both.shared if not setting.paired]
    each = max(1, MOST_TABLES // max(2 * len(open_settings), 1))
    tables, gone = [], 0
    for setting in both.shared:
        sides = []
        for cells in setting.passing:
            runs = [] if setting.paired else cells["run_id"].tolist()[:each]
            read = [parameters_of(store, run) for run in runs]
            gone += sum(table is None for table in read)
            sides.append([table for table in read if table is not None])
        tables.append((sides[0], sides[1]))
    note = f"{gone} tables of parameters could not be read: their posteriors are not checked."
    return shifts_of(tables), [note] if gone else []


def show(found: Baseline, notes: Sequence[str], arguments: Arguments, both: Matched) -> None:
    """Print the result in the form that was asked for."""
    if arguments.json:
        say_json(as_json(found, notes, both))
        return
    table = changes_table(found)
    if arguments.markdown:
        before, after = map(paragraph, notes), map(paragraph, conclusions(found))
        say("\n\n".join([*before, in_markdown(table), *after]))
        return
    for note in notes:
        console().print(note)
    print_table(table)
    for sentence in conclusions(found):
        console().print(sentence)


def as_json(found: Baseline, notes: Sequence[str], both: Matched) -> dict[str, Any]:
    """Return the result as JSON content, its cells seed by seed."""
    pairs = cell_pairs(both, found.metric)
    cells = pairs.astype(object).where(pairs.notna(), None).to_dict(orient="records")
    return {**asdict(found), "notes": list(notes), "bad": found.bad, "cells": cells}


def changes_table(found: Baseline) -> TextTable:
    """Return one row per setting."""
    several = len({change.posterior for change in found.changes}) > 1
    rows = []
    for change in found.changes:
        then, now = (
            f"{passed}/{seeds}" for passed, seeds in zip(change.passed, change.seeds, strict=True)
        )
        ratio = (
            "-"
            if change.slowdown is None
            else f"{figure(change.slowdown)} [{figure(change.low)}, {figure(change.high)}]"
        )
        first = [change.posterior] if several else []
        draws = f"{change.same_draws} of {min(change.passed)}"
        rows.append((*first, change.name, then, now, draws, ratio, str(change.outcome)))
    head = ("posterior",) if several else ()
    title = found.changes[0].posterior if not several else "settings of both sweeps"
    return TextTable(
        title=title,
        header=(*head, "setting", "gate\nthen", "gate\nnow", "same\ndraws", "slowdown", "outcome"),
        labels=len(head) + 1,
        rows=tuple(rows),
    )


def conclusions(found: Baseline) -> list[str]:
    """Return what the table does not say."""
    sentences = [
        f"Slowdown: {found.metric} then and now as the ratio of effort, over 1 is slower [90 % "
        f"interval]; one counts from {found.threshold:g} on."
    ]
    sentences += [f"{change.name}: {text}." for change in found.changes for text in remarks(change)]
    if found.overall is not None:
        together = "slower" if found.overall_slower else "not found slower"
        sentences.append(
            f"All settings together: {figure(found.overall)} "
            f"[{figure(found.overall_low)}, {figure(found.overall_high)}], {together}."
        )
    for count, side in ((found.only_then, "the baseline"), (found.only_now, "this sweep")):
        if count:
            sentences.append(f"{count} settings are in {side} alone.")
    return sentences


def remarks(change: Change) -> list[str]:
    """Return what the table does not say of one setting."""
    paired = "all draws are the same, so the seeds are paired" if change.paired else ""
    return [text for text in (change.shift, change.note, paired) if text]
