"""Who may be ranked, in which order, and how sure the order is."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.comparison.results import Lead, Pair
from hierbench.comparison.settings import Groups, Summary, finished_of
from hierbench.comparison.statistics import more_seeds, probability_best, welch
from hierbench.metrics import better_end, is_clock
from hierbench.records import RunStatus

__all__ = ["Rivals", "best_of", "natural", "ordered", "pairs_of", "rivals_of", "unranked"]

type Floats = NDArray[np.float64]
type Positions = NDArray[np.intp]
type Rivals = list[tuple[Positions, bool]]
"""The ranked settings of each posterior, and whether their clocks are comparable."""

ONE_MACHINE = 1.2
"""Settings whose machines' speeds differ by a larger factor are not ranked by seconds."""


def unranked(cells: pd.DataFrame, groups: Groups) -> list[str]:
    """Return why each setting is not ranked, empty where it is."""
    size = len(groups.names)

    def count(chosen: "NDArray[np.bool_] | pd.Series[bool]") -> NDArray[np.intp]:
        return np.bincount(groups.codes[np.asarray(chosen)], minlength=size)

    finished = finished_of(cells)
    ended = count(cells["status"] != RunStatus.RUNNING.value)
    done, passed = count(finished), count(finished & np.asarray(cells["gate"] == "passed"))
    reasons = []
    for i in range(size):
        if done[i] < ended[i]:
            reasons.append(f"{ended[i] - done[i]} of {ended[i]} cells failed")
        elif done[i] == 0:
            reasons.append("no cell has ended")
        elif passed[i] < done[i]:
            reasons.append(f"{passed[i]} of {done[i]} seeds passed the gate")
        else:
            reasons.append("one seed" if done[i] == 1 else "")
    return reasons


def ordered(
    groups: Groups, ranked: NDArray[np.bool_], metric: str, summary: Summary | None, rivals: Rivals
) -> Positions:
    """Return the settings' order: by posterior, ranked first, best first."""
    size = len(groups.names)
    value = np.full(size, np.nan)
    if summary is not None:
        for members, clocks_agree in rivals:
            chosen = contestants(metric, summary, members, clocks_agree)
            if chosen is not None:
                value[chosen] = -better_end(metric) * summary.logs.mean[chosen]
    keys = [
        (natural(groups.names[i][0]), not ranked[i], np.isnan(value[i]), np.nan_to_num(value[i]), i)
        for i in range(size)
    ]
    return np.array(sorted(range(size), key=keys.__getitem__), dtype=np.intp)


def natural(text: str) -> list[tuple[float, str]]:
    """Return a key that sorts numbers within text by value: scale 2 before scale 10.

    >>> sorted(["scale 10", "scale 2", "scale 0.5"], key=natural)
    ['scale 0.5', 'scale 2', 'scale 10']
    """
    parts = re.split(r"(\d+(?:\.\d+)?)", text)
    return [(float(part), "") if i % 2 else (-1.0, part) for i, part in enumerate(parts)]


def rivals_of(
    cells: pd.DataFrame, groups: Groups, ranked: NDArray[np.bool_], speeds: Floats | None
) -> Rivals:
    """Return the ranked settings of each posterior, and whether their clocks are comparable.

    Seconds are not compared between settings that had different numbers of cores, or ran on
    machines of different speeds.

    Parameters
    ----------
    speeds : ndarray or None
        Median machine_speed of each setting, NaN where it is not known.
    """
    cores = np.full(len(groups.names), "", dtype=object)
    if "cores_per_cell" in cells:
        cores[groups.codes] = cells["cores_per_cell"].to_numpy(dtype=object)
    posteriors = np.array([name[0] for name in groups.names], dtype=object)
    found = []
    for posterior in dict.fromkeys(posteriors):
        members = np.flatnonzero((posteriors == posterior) & ranked)
        agree = len(set(cores[members])) < 2
        if speeds is not None:
            known = speeds[members][~np.isnan(speeds[members])]
            agree &= len(known) == 0 or bool(known.max() <= ONE_MACHINE * known.min())
        found.append((members, agree))
    return found


def contestants(
    metric: str, summary: Summary, members: Positions, clocks_agree: bool
) -> Positions | None:
    """Return those of `members` that `metric` can rank, None where it can rank none."""
    if better_end(metric) == 0 or (is_clock(metric) and not clocks_agree):
        return None
    usable = members[summary.usable[members]]
    return usable if len(usable) > 1 else None


def best_of(metric: str, summary: Summary, rivals: Rivals) -> Floats:
    """Return each setting's probability of being the best of its posterior, NaN where unranked."""
    found = np.full(len(summary.median), np.nan)
    for members, clocks_agree in rivals:
        chosen = contestants(metric, summary, members, clocks_agree)
        if chosen is not None:
            found[chosen] = probability_best(summary.logs[chosen], better_end(metric))
    return found


def pairs_of(metric: str, summary: Summary, rivals: Rivals) -> list[Pair]:
    """Return the best setting of each posterior against each other that is ranked with it.

    Positions are those of `summary`.
    """
    found: list[Pair] = []
    sign = better_end(metric)
    for members, clocks_agree in rivals:
        chosen = contestants(metric, summary, members, clocks_agree)
        if chosen is None:
            continue
        falling = np.argsort(-sign * summary.logs.mean[chosen], kind="stable")
        first, others = chosen[falling[:1]], chosen[falling[1:]]
        one, other = summary.logs[np.repeat(first, len(others))], summary.logs[others]
        ratio = welch(one, other)
        rows = zip(
            others.tolist(),
            np.exp(ratio.log).tolist(),
            *(end.tolist() for end in ratio.interval()),
            more_seeds(one, other).tolist(),
            strict=True,
        )
        found += [
            Pair(
                metric,
                int(first[0]),
                second,
                middle,
                low,
                high,
                lead_of(low, high, sign),
                None if np.isnan(more) else int(more),
            )
            for second, middle, low, high, more in rows
        ]
    return found


def lead_of(low: float, high: float, sign: int) -> Lead:
    """Return what the interval of a ratio says of its first, where `sign` is the better end."""
    if low <= 1 <= high:
        return Lead.UNDECIDED
    return Lead.BETTER if (low > 1) == (sign > 0) else Lead.WORSE
