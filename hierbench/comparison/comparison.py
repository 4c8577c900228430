"""Settings side by side: intervals, ranks within each posterior, and what more seeds would tell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.comparison.cells import metrics_of, params_of
from hierbench.comparison.control import negative_control
from hierbench.comparison.extension import extension, more_seeds
from hierbench.comparison.ranking import (
    Rivals,
    best_of,
    natural,
    ordered,
    pairs_of,
    rivals_of,
    unranked,
)
from hierbench.comparison.results import Comparison, Estimate, Setting, Sweep
from hierbench.comparison.settings import Groups, Summary, grouped, summaries
from hierbench.comparison.statistics import intervals
from hierbench.errors import ConfigError
from hierbench.metrics import HEADLINES, Of, better_end, in_order, metric_of
from hierbench.records import RunStatus

__all__ = ["compare_cells"]

type Floats = NDArray[np.float64]


def compare_cells(
    cells: pd.DataFrame,
    *,
    sweeps: Sequence[Sweep] = (),
    metric: str | None = None,
    notes: Sequence[str] = (),
) -> Comparison:
    """Compare the settings among `cells`, a table as `cells_frame` and `tidied` give it.

    Parameters
    ----------
    metric : str, optional
        What to order by; default: the first of `HEADLINES` that some setting can be ranked by.
    notes : sequence of str
        Sentences that stand before those found here.

    Raises
    ------
    ConfigError
        If no cell has `metric`.
    """
    metrics = in_order(metrics_of(cells))
    groups = grouped(cells)
    found = summaries(cells, groups.codes, len(groups.names), metrics)
    reasons = unranked(cells, groups)
    ranked = np.array([not reason for reason in reasons], dtype=bool)
    by = chosen_metric(metric, metrics, found, ranked)
    speeds = found["machine_speed"].median if "machine_speed" in found else None
    rivals = rivals_of(cells, groups, ranked, speeds)
    best = {
        name: best_of(name, found[name], rivals)
        for name in dict.fromkeys((*HEADLINES, by))
        if name in found
    }
    settings = settings_of(cells, groups, reasons, found, best)
    order = ordered(groups, ranked, by, found.get(by), rivals)
    places = np.argsort(order)
    table = cells.assign(setting=places[groups.codes])
    pairs = [
        replace(pair, first=int(places[pair.first]), second=int(places[pair.second]))
        for pair in (pairs_of(by, found[by], rivals) if by in found else ())
    ]
    return Comparison(
        sweeps=tuple(sweeps),
        metric=by,
        metrics=metrics,
        axes={name: axis_values(cells, name) for name in groups.axes},
        settings=tuple(settings[place] for place in order),
        pairs=tuple(replace(pair, command=extension(pair, table, groups.axes)) for pair in pairs),
        cells=table,
        params=params_of(cells),
        notes=(*notes, *notes_of(cells, groups, reasons), *clock_notes(rivals), *rankless(by)),
    )


def chosen_metric(
    asked: str | None, metrics: Sequence[str], found: dict[str, Summary], ranked: NDArray[np.bool_]
) -> str:
    """Return the metric to order by.

    Raises
    ------
    ConfigError
        If `asked` is none of `metrics`.
    """
    if asked is not None:
        if asked not in metrics:
            known = ", ".join(metrics) or "none: no cell has finished"
            raise ConfigError(f"--metric {asked}: no cell has it; known are {known}")
        return asked
    present = [name for name in HEADLINES if name in metrics]
    for name in present:
        if np.any(found[name].usable & ranked):
            return name
    return present[0] if present else HEADLINES[0]


def axis_values(cells: pd.DataFrame, name: str) -> tuple[str, ...]:
    """Return the values of an axis: numbers by size, else in the order of the cells."""
    values = list(dict.fromkeys(cells[name].tolist()))
    try:
        return tuple(sorted(values, key=float))
    except ValueError:
        return tuple(values)


def estimates_of(summary: Summary) -> list[Estimate]:
    """Return the estimate of every setting."""
    usable = summary.usable
    ends = [np.where(usable, end, np.nan).tolist() for end in intervals(summary.logs)]
    rows = zip(
        summary.median.tolist(), *ends, summary.logs.count.tolist(), summary.notes, strict=True
    )
    return [
        Estimate(known(median), known(low), known(high), int(count), note)
        for median, low, high, count, note in rows
    ]


def known(value: float) -> float | None:
    """Return `value`, None where it is NaN."""
    return None if math.isnan(value) else value


def settings_of(
    cells: pd.DataFrame,
    groups: Groups,
    reasons: Sequence[str],
    found: Mapping[str, Summary],
    best: Mapping[str, Floats],
) -> list[Setting]:
    """Return the settings in the order of `groups`."""
    estimates = {metric: estimates_of(summary) for metric, summary in found.items()}
    facts = facts_of(cells, groups)
    return [
        Setting(
            posterior=name[0],
            axes=dict(zip(groups.axes, name[1:], strict=True)),
            why_unranked=reasons[i],
            estimates={metric: of[i] for metric, of in estimates.items()},
            probability_best={
                metric: float(of[i]) for metric, of in best.items() if not np.isnan(of[i])
            },
            **counts(facts[i]),
        )
        for i, name in enumerate(groups.names)
    ]


@dataclass(frozen=True)
class Fact:
    """What a setting's counts need of one cell; a metric that it lacks is NaN."""

    run_id: str
    status: str
    gate: str
    r_hat_max: float
    divergences: float


def facts_of(cells: pd.DataFrame, groups: Groups) -> list[list[Fact]]:
    """Return the cells of each setting in the order of their seeds."""
    missing = pd.Series(np.nan, index=cells.index)
    texts = [cells[name].tolist() for name in ("run_id", "status", "gate")]
    figures = [cells.get(name, missing).tolist() for name in ("r_hat_max", "divergences")]
    every = [Fact(*row) for row in zip(*texts, *figures, strict=True)]
    found: list[list[Fact]] = [[] for _ in groups.names]
    seeds = cells["seed"].tolist() if "seed" in cells else [""] * len(cells)
    for row in sorted(range(len(cells)), key=lambda row: natural(seeds[row])):
        found[groups.codes[row]].append(every[row])
    return found


def counts(facts: Sequence[Fact]) -> dict[str, Any]:
    """Return a setting's counts, extremes and runs."""
    finished = [fact for fact in facts if fact.status == RunStatus.FINISHED]
    running = sum(fact.status == RunStatus.RUNNING for fact in facts)
    # NaN sorts as worst: a cell without r_hat has not shown that it converged.
    worst = max(
        finished,
        key=lambda fact: math.inf if math.isnan(fact.r_hat_max) else fact.r_hat_max,
        default=None,
    )
    return {
        "cells": len(facts),
        "finished": len(finished),
        "failed": len(facts) - len(finished) - running,
        "passed": sum(fact.gate == "passed" for fact in finished),
        "r_hat_worst": known(worst.r_hat_max) if worst else None,
        "divergences": int(
            sum(fact.divergences for fact in finished if not math.isnan(fact.divergences))
        ),
        "run_ids": tuple(fact.run_id for fact in facts),
        "worst_run": worst.run_id if worst else "",
    }


def notes_of(cells: pd.DataFrame, groups: Groups, reasons: Sequence[str]) -> list[str]:
    """Return what a reader must know first."""
    notes = []
    running = int((cells["status"] == RunStatus.RUNNING.value).sum())
    if running:
        notes.append(f"In progress: {len(cells) - running} cells ended, {running} running.")
    if reasons and all(reason == "one seed" for reason in reasons):
        notes.append(
            "One seed per setting: no intervals and no ranks; add seeds with "
            f"`{more_seeds(cells)}`."
        )
    prints = most_fingerprints(cells)
    if prints > 1:
        notes.append(
            f"The cells ran on {prints} fingerprints (code, packages, machine or threads differ): "
            "`hierbench show RUN_ID` names a cell's."
        )
    notes += [*uncounted_seconds(cells), *negative_control(cells)]
    return notes


def rankless(metric: str) -> list[str]:
    """Return why `metric` ranks nothing, nothing where it ranks."""
    if metric_of(metric).of is Of.ROWS:
        return [
            f"{metric} ranks nothing: settings of one posterior share it, up to Monte Carlo error; "
            "between posteriors of one data set the higher elpd_loo predicts better, and the rows "
            "of two runs' loo.parquet give the difference its standard error."
        ]
    return [f"{metric} ranks nothing: neither end is better."] if better_end(metric) == 0 else []


def uncounted_seconds(cells: pd.DataFrame) -> list[str]:
    """Return how many cells' seconds do not count, where some do not."""
    finished = cells[cells["status"] == RunStatus.FINISHED.value]
    count = int((finished["timing_valid"] == "false").sum())
    if not count:
        return []
    return [
        f"The seconds of {count} of {len(finished)} cells do not count: other programs used their "
        "cores, or it could not be measured. They have no interval and rank nothing; "
        "`hierbench doctor` says what is in the way now."
    ]


def most_fingerprints(cells: pd.DataFrame) -> int:
    """Return the number of fingerprints among the cells of one sampler, the largest of any.

    What a sampler is built on is part of the fingerprint, and differs as the sampler does.
    """
    known = cells[cells["fingerprint"] != ""]
    samplers = known["sampler"] if "sampler" in known else pd.Series("", index=known.index)
    return int(known.groupby(samplers)["fingerprint"].nunique().max()) if len(known) else 0


def clock_notes(rivals: Rivals) -> list[str]:
    """Return in how many posteriors seconds do not rank."""
    count = sum(not agree for _, agree in rivals)
    if not count:
        return []
    return [
        f"Seconds rank nothing in {count} of {len(rivals)} posteriors: settings there had other "
        "cores_per_cell, or machines of another speed (machine_speed); go by ess_per_gradient."
    ]
