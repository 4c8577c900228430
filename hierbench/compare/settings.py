"""Settings: cells that differ by seed alone, summarized over their seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from hierbench.records import RunStatus

__all__ = ["Cell", "Setting", "settings_of"]

NO_SETTING = {"seed", "workers", "cores_per_cell", "model", "artifacts"}
NO_SETTING_GROUPS = {"plots", "predictive", "limits", "tracking"}
"""Parameters, and groups of them, that do not tell one setting from another."""


class Cell(Protocol):
    """What a comparison needs of a cell, fresh or read back from the store."""

    @property
    def status(self) -> RunStatus:
        """How it ended."""
        ...

    @property
    def params(self) -> Mapping[str, str]:
        """The flat configuration."""
        ...

    @property
    def metrics(self) -> Mapping[str, float]:
        """The tracking contract's."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """Ours, without the prefix."""
        ...


@dataclass(frozen=True)
class Setting:
    """One setting over its seeds.

    Attributes
    ----------
    posterior : str
        What the setting's cells sample; figures are compared within one posterior only.
    axes : mapping of str to str
        The parameters that differ among the settings compared.
    seeds, failed, passed : int
        Cells that finished, that failed, and that passed the gate.
    r_hat_worst : float or None
        Largest r_hat_max; None when a cell has none.
    ess_bulk_min, ess_tail_min, sample_seconds, ess_per_second : float or None
        Medians over the finished cells; None when one of them has none.
    divergences : int
        Of all cells together.
    """

    posterior: str
    axes: Mapping[str, str]
    seeds: int
    failed: int
    passed: int
    r_hat_worst: float | None
    ess_bulk_min: float | None
    ess_tail_min: float | None
    divergences: int
    sample_seconds: float | None
    ess_per_second: float | None


def settings_of(cells: Sequence[Cell]) -> list[Setting]:
    """Return the settings among `cells`, those of one posterior together, unranked."""
    keys = axes_of(cells)
    groups: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        axes = tuple(cell.params.get(key, "") for key in keys)
        groups.setdefault((cell.tags.get("posterior", ""), *axes), []).append(cell)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    return [_setting(key[0], dict(zip(keys, key[1:], strict=True)), of) for key, of in ordered]


def axes_of(cells: Sequence[Cell]) -> list[str]:
    """Return the parameters that differ among `cells`; always the parameterization.

    A key that only some data or priors have is no axis of its own.
    """
    shared = set.intersection(*(set(cell.params) for cell in cells)) if cells else set()
    names = [
        name
        for name in (cells[0].params if cells else ())
        if name in shared - NO_SETTING and name.partition(".")[0] not in NO_SETTING_GROUPS
    ]
    differ = [name for name in names if len({cell.params[name] for cell in cells}) > 1]
    axes = [name for name in differ if name.partition(".")[0] not in differ or "." not in name]
    scale = [name for name in differ if name == "prior.scale" or name.startswith("sampler.")]
    chosen = {*axes, *scale, "parameterization"}
    return [name for name in names if name in chosen]


def _setting(posterior: str, axes: Mapping[str, str], cells: Sequence[Cell]) -> Setting:
    finished = [cell for cell in cells if cell.status is RunStatus.FINISHED]

    def over_seeds(name: str) -> float | None:
        values = [cell.metrics.get(name) for cell in finished]
        known = [value for value in values if value is not None]
        return median(known) if known and len(known) == len(values) else None

    r_hats = [cell.metrics.get("r_hat_max") for cell in finished]
    return Setting(
        posterior=posterior,
        axes=axes,
        seeds=len(finished),
        failed=sum(cell.status is RunStatus.FAILED for cell in cells),
        passed=sum(cell.tags.get("gate") == "passed" for cell in finished),
        r_hat_worst=max((r for r in r_hats if r is not None), default=None)
        if None not in r_hats
        else None,
        ess_bulk_min=over_seeds("ess_bulk_min"),
        ess_tail_min=over_seeds("ess_tail_min"),
        divergences=int(sum(cell.metrics.get("divergences", 0) for cell in finished)),
        sample_seconds=over_seeds("sample_seconds"),
        ess_per_second=over_seeds("ess_per_second"),
    )
