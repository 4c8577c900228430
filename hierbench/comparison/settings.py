"""Which cells are one setting, and each metric over a setting's seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.comparison.cells import params_of
from hierbench.comparison.statistics import Logs
from hierbench.config.flat import is_asked
from hierbench.metrics import is_clock
from hierbench.records import RunStatus

__all__ = [
    "Groups",
    "Summary",
    "axes_of",
    "finished_of",
    "gated",
    "grouped",
    "passing",
    "summaries",
]

type Floats = NDArray[np.float64]

NO_SETTING = {"model", "seed", "workers", "artifacts"}
NO_SETTING_GROUPS = {"plots", "predictive", "limits", "tracking"}
"""Parameters, and groups of them, that do not tell one setting from another."""


@dataclass(frozen=True)
class Groups:
    """Which setting each cell belongs to.

    Attributes
    ----------
    codes : ndarray
        Dims (cell,): index into `names`.
    names : list of tuple of str
        The posterior and the values of the axes, in the order of their first cells.
    axes : tuple of str
        The parameters that differ among the cells; always the parameterization.
    """

    codes: NDArray[np.intp]
    names: list[tuple[str, ...]]
    axes: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """One metric over the seeds of every setting, each dims (setting,).

    Attributes
    ----------
    median : ndarray
        NaN where there is none.
    logs : Logs
        Of the same cells.
    notes : list of str
        Why there is no interval; empty where there is one.
    """

    median: Floats
    logs: Logs
    notes: list[str]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Where there is an interval."""
        return np.array([not note for note in self.notes], dtype=bool)


def axes_of(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return the parameters that differ among `cells`; always the parameterization.

    A key that only some data or priors have is no axis of its own.
    """
    names = [
        name
        for name in params_of(cells)
        if name not in NO_SETTING
        and is_asked(name)
        and name.partition(".")[0] not in NO_SETTING_GROUPS
        and bool((cells[name] != "").all())
    ]
    differ = {name for name in names if cells[name].nunique() > 1}
    own = {name for name in differ if "." not in name or name.partition(".")[0] not in differ}
    scale = {name for name in differ if name == "prior.scale" or name.startswith("sampler.")}
    chosen = own | scale | {"parameterization"}
    return tuple(name for name in names if name in chosen)


def grouped(cells: pd.DataFrame) -> Groups:
    """Return which setting each of `cells` belongs to: those that differ by seed alone are one."""
    axes = axes_of(cells)
    keys = zip(*(cells[name].tolist() for name in ("posterior", *axes)), strict=True)
    places: dict[tuple[str, ...], int] = {}
    codes = [places.setdefault(key, len(places)) for key in keys]
    return Groups(np.array(codes, dtype=np.intp), list(places), axes)


def finished_of(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which of `cells` finished."""
    return np.asarray(cells["status"] == RunStatus.FINISHED.value)


def gated(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which of `cells` had a gate with a threshold."""
    thresholds = [name for name in cells if str(name).startswith("gate.")]
    return np.asarray((cells[thresholds] != "").any(axis=1), dtype=bool)


def passing(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which of `cells` finished and passed a gate that checks something."""
    passed = np.asarray(cells["gate"] == "passed", dtype=bool)
    return np.asarray(finished_of(cells) & gated(cells) & passed, dtype=bool)


def summaries(
    cells: pd.DataFrame, codes: NDArray[np.intp], settings: int, metrics: Sequence[str]
) -> dict[str, Summary]:
    """Return each of `metrics` over the finished cells of each setting.

    A metric that one of a setting's finished cells lacks has no figure there.
    """
    chosen = finished_of(cells)
    done, by = cells.loc[chosen], codes[chosen]
    every = range(settings)
    seeds = np.bincount(by, minlength=settings)
    figures = done[list(metrics)]
    logs = pd.DataFrame(np.log(figures.where(figures > 0)))
    found = figures.groupby(by)
    medians, known, least = (
        table.reindex(every) for table in (found.median(), found.count(), found.min())
    )
    of_logs = logs.groupby(by)
    means, sds = (table.reindex(every) for table in (of_logs.mean(), of_logs.std(ddof=1)))
    clocks = clock_notes(done, by, settings)
    made = {}
    for name in metrics:
        count = known[name].fillna(0).to_numpy(dtype=np.int64)
        missing = seeds - count
        # np.where: a comparison with NaN is False, and these have another note.
        positive = np.where(count > 0, least[name].to_numpy() > 0, True)
        notes = [
            note_of(int(seeds[i]), int(missing[i]), bool(positive[i]), clocks[i], is_clock(name))
            for i in every
        ]
        made[name] = Summary(
            median=np.where(missing == 0, medians[name].to_numpy(), np.nan),
            logs=Logs(means[name].to_numpy(), sds[name].to_numpy(), count.astype(np.float64)),
            notes=notes,
        )
    return made


def note_of(seeds: int, missing: int, positive: bool, clock: str, timed: bool) -> str:
    """Return why a metric of a setting has no interval, empty where it has one."""
    if seeds == 0:
        return "no cell finished"
    if missing:
        return "not recorded" if missing == seeds else f"missing in {missing} of {seeds} cells"
    if timed and clock:
        return clock
    if seeds == 1:
        return "one seed"
    return "" if positive else "not positive"


def clock_notes(cells: pd.DataFrame, codes: NDArray[np.intp], settings: int) -> list[str]:
    """Return why each setting's seconds cannot be trusted, empty where they can."""
    seeds = np.bincount(codes, minlength=settings)
    valid = np.bincount(codes[cells["timing_valid"] == "true"], minlength=settings)
    unknown = np.bincount(codes[cells["timing_valid"] == ""], minlength=settings)
    cores = (
        cells["cores_per_cell"].groupby(codes).nunique().reindex(range(settings)).to_numpy()
        if "cores_per_cell" in cells
        else np.ones(settings)
    )
    notes = []
    for i in range(settings):
        if unknown[i]:
            notes.append(f"timing not checked in {unknown[i]} of {seeds[i]} cells")
        elif valid[i] < seeds[i]:
            notes.append(f"timing not valid in {seeds[i] - valid[i]} of {seeds[i]} cells")
        else:
            notes.append("cores_per_cell differ among its cells" if cores[i] > 1 else "")
    return notes
