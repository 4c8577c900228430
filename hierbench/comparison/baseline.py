"""One sweep against another: which settings became slower, and which posteriors changed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from hierbench.comparison.changes import Baseline, Change, Outcome
from hierbench.comparison.matching import Matched, Shared
from hierbench.comparison.slowdowns import THRESHOLD, found, slowdown, together
from hierbench.errors import ConfigError
from hierbench.metrics import HEADLINES, better_end, is_clock

__all__ = ["compare_baseline", "seconds_refused"]

GATE_LEVEL = 0.005
"""Chance that fewer seeds are said to pass the gate though the chance to pass is the same."""

SAME_SPEED = 1.05
"""Machines whose speeds differ by a larger factor are not compared by seconds."""


def compare_baseline(
    sweeps: Matched,
    *,
    metric: str | None = None,
    threshold: float = THRESHOLD,
    shifts: Sequence[str] = (),
) -> Baseline:
    """Compare two sweeps setting by setting, on the cells that passed the gate.

    See `slowdowns.found` for what counts as a slowdown.

    Parameters
    ----------
    shifts : sequence of str
        Of every shared setting, what of its posterior changed; empty texts where nothing did.

    Raises
    ------
    ConfigError
        If `metric` cannot be compared.
    """
    refused = seconds_refused(sweeps)
    by = comparable_metric(sweeps, metric, refused)
    notes = [lacking(setting, by) for setting in sweeps.shared]
    chosen = [place for place, note in enumerate(notes) if not note]
    ratios = together([slowdown(sweeps.shared[place], by) for place in chosen])
    judged = found(ratios, threshold)
    columns = (np.exp(ratios.log), *ratios.interval(), ratios.probability_below())
    figures = {place: [float(of[i]) for of in columns] for i, place in enumerate(chosen)}
    slower = {place for i, place in enumerate(chosen) if judged.slower[i]}
    faster = {place for i, place in enumerate(chosen) if judged.faster[i]}
    shifted = list(shifts) or [""] * len(notes)

    def outcome(place: int) -> Outcome:
        if shifted[place]:
            return Outcome.POSTERIOR
        if passes_less(sweeps.shared[place], len(notes)):
            return Outcome.GATE
        if place in slower:
            return Outcome.SLOWER
        if place in faster:
            return Outcome.FASTER
        return Outcome.UNRANKED if notes[place] else Outcome.UNDECIDED

    overall = (np.exp(judged.overall.log), *judged.overall.interval()) if chosen else ()
    middle, low, high = (float(value[0]) for value in overall) if chosen else (None,) * 3
    return Baseline(
        metric=by,
        threshold=threshold,
        overall=middle,
        overall_low=low,
        overall_high=high,
        overall_slower=judged.overall_slower,
        changes=tuple(
            change_of(setting, outcome(i), figures.get(i), shifted[i], notes[i])
            for i, setting in enumerate(sweeps.shared)
        ),
        only_then=sweeps.only_then,
        only_now=sweeps.only_now,
        notes=(f"Seconds are not compared: {refused}.",) if refused else (),
    )


def seconds_refused(sweeps: Matched) -> str:
    """Return why the seconds of two sweeps cannot be compared, empty where they can.

    They are not corrected by the machines' speeds: a kernel and a sampler need not slow down
    alike.
    """
    sides = [sweeps.side(0), sweeps.side(1)]
    for name, cells in zip(("baseline", "sweep"), sides, strict=True):
        unsure = int((cells["timing_valid"] != "true").sum())
        if unsure:
            return f"timing is not valid, or was not checked, in {unsure} cells of the {name}"
    cores = {text for cells in sides for text in cells.get("cores_per_cell", pd.Series([""]))}
    if len(cores) > 1:
        return f"cores_per_cell differ ({', '.join(sorted(cores))})"
    nothing = pd.Series(dtype=np.float64)
    speeds = [float(cells.get("machine_speed", nothing).median()) for cells in sides]
    if np.isnan(speeds).any():
        return "machine_speed is not recorded on both sides"
    factor = max(speeds) / min(speeds)
    if factor > SAME_SPEED:
        return f"the machines' speeds differ by a factor of {factor:.2f}"
    return ""


def comparable_metric(sweeps: Matched, asked: str | None, refused: str) -> str:
    """Return the metric to compare by: the one asked for, else the first that both sides have.

    Raises
    ------
    ConfigError
        If the one asked for cannot be compared, or there is none.
    """
    sides = [sweeps.side(0), sweeps.side(1)]

    def known(name: str) -> bool:
        return all(name in cells and bool(cells[name].notna().any()) for cells in sides)

    if asked is not None:
        if not known(asked):
            raise ConfigError(
                f"--metric {asked}: no cell has it on both sides; known to a baseline are "
                f"{', '.join(filter(known, HEADLINES))}"
            )
        if better_end(asked) == 0:
            raise ConfigError(f"--metric {asked}: neither end is better; choose ess_per_gradient")
        if is_clock(asked) and refused:
            raise ConfigError(f"--metric {asked}: {refused}; choose ess_per_gradient")
        return asked
    for name in HEADLINES:
        if known(name) and not (is_clock(name) and refused):
            return name
    raise ConfigError(
        f"--baseline: the sweeps share none of {', '.join(HEADLINES)}, or no cell of one has "
        "finished; choose another sweep"
    )


def lacking(setting: Shared, metric: str) -> str:
    """Return why the setting has no ratio, empty where it has one."""
    for name, cells in zip(("baseline", "sweep"), setting.passing, strict=True):
        values = cells[metric].to_numpy(dtype=np.float64)
        if len(values) < 2:
            return f"{len(values)} passing seeds in the {name}"
        if not np.all(values > 0):  # NaN is not either
            return f"{metric} is missing or not positive in the {name}"
    return ""


def passes_less(setting: Shared, settings: int) -> bool:
    """Return whether fewer seeds pass the gate now, by Fisher's exact test."""
    table = [
        [len(passing), len(ended) - len(passing)]
        for passing, ended in zip(setting.passing, setting.sides, strict=True)
    ]
    return float(fisher_exact(table, alternative="greater").pvalue) <= GATE_LEVEL / settings


def change_of(
    setting: Shared, outcome: Outcome, figures: Sequence[float] | None, shift: str, note: str
) -> Change:
    """Return one setting then and now; `figures` are the ratio, its interval and p value."""
    ratio, low, high, p_value = figures or (None,) * 4
    then, now = setting.sides
    passed = setting.passing
    return Change(
        posterior=setting.posterior,
        axes=setting.axes,
        outcome=outcome,
        slowdown=ratio,
        low=low,
        high=high,
        p_value=p_value,
        seeds=(len(then), len(now)),
        passed=(len(passed[0]), len(passed[1])),
        same_draws=setting.same_draws,
        paired=setting.paired,
        shift=shift,
        note=note,
    )
