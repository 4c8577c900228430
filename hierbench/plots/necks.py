"""Each scale against an effect that it governs, on the funnel's own axes; knows no drawing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays, Axes, Neck

__all__ = ["Panel", "panels_of"]

MINUS = "\N{MINUS SIGN}"

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """An effect against the log of a scale, each dims (draw,).

    Attributes
    ----------
    entry : str
        Dim and label of the effect's entry; empty where it has none.
    x, y : str
        What the two are.
    """

    entry: str
    x: str
    y: str
    effect: Floats
    log_scale: Floats


def panels_of(
    posterior: Arrays, axes: Axes, necks: Sequence[Neck], worst: Collection[str]
) -> list[Panel]:
    """Return a panel for each neck: its effect's entry that mixes worst, less the mean of all.

    A scale that has an entry for every effect comes last, with the one closest to 0. A scale
    without, whose effect another panel shows, adds nothing.

    Parameters
    ----------
    worst : collection of str
        Names such as ``theta[A]``: the entries to show; else the one least known.
    """
    usable = [neck for neck in necks if {neck.scale, neck.effects} <= posterior.keys()]
    own = [neck for neck in usable if posterior[neck.scale].ndim > 2]
    shared: dict[str, Neck] = {}
    for neck in usable:
        if neck not in own:
            shared.setdefault(neck.effects, neck)
    places = [(neck, worst_entry(posterior, axes, neck, worst)) for neck in shared.values()]
    places += [(neck, closest(posterior[neck.scale])) for neck in own]
    return [panel_of(posterior, axes, neck, place) for neck, place in places]


def panel_of(posterior: Arrays, axes: Axes, neck: Neck, place: int) -> Panel:
    """Return the panel of one entry."""
    effects, scale = posterior[neck.effects], posterior[neck.scale]
    entry = axes.names(neck.effects, effects.shape[2:])[place].partition("[")[2].removesuffix("]")
    dims = ", ".join(axes.dims.get(neck.effects, ()))
    centred = neck.centre in posterior
    effect = flat(effects)[:, place] - (flat(posterior[neck.centre])[:, 0] if centred else 0.0)
    return Panel(
        f"{dims} {entry}".strip(),
        f"{neck.effects} {MINUS} {neck.centre}" if centred else neck.effects,
        f"log {neck.scale}" + (f" of the {dims}" if scale.ndim > 2 else ""),
        effect,
        logs(flat(scale)[:, place if scale.ndim > 2 else 0]),
    )


def worst_entry(posterior: Arrays, axes: Axes, neck: Neck, worst: Collection[str]) -> int:
    """Return the place of the entry that `worst` names, else of the one least known."""
    names = axes.names(neck.effects, posterior[neck.effects].shape[2:])
    named = [place for place, name in enumerate(names) if name in worst]
    spread = np.nan_to_num(flat(posterior[neck.effects]).std(axis=0))
    return named[0] if named else int(np.argmax(spread))


def closest(scale: NDArray[Any]) -> int:
    """Return the place of the entry with the smallest usable draw."""
    draws = flat(scale)
    return int(np.argmin(np.where(np.isnan(draws), np.inf, draws).min(axis=0)))


def flat(draws: NDArray[Any]) -> Floats:
    """Return draws of all chains, dims (draw, entry)."""
    return np.asarray(draws, dtype=np.float64).reshape(draws.shape[0] * draws.shape[1], -1)


def logs(scale: Floats) -> Floats:
    """Return the logarithms; not finite where a draw is no scale."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(scale))
