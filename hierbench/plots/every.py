"""All plots of one fit, as PNG files in a folder."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import xarray as xr

from hierbench.dataset import Dataset
from hierbench.plots.draws import diverging, scalars
from hierbench.plots.energy import energy_figure
from hierbench.plots.forest import forest_figure
from hierbench.plots.pairs import pairs_figure
from hierbench.plots.rank import rank_figure
from hierbench.plots.sheet import save
from hierbench.plots.trace import trace_figure
from hierbench.records import Axes, Neck

__all__ = ["draw"]


def draw(
    tree: xr.DataTree,
    dataset: Dataset,
    folder: Path,
    *,
    estimands: Sequence[str],
    axes: Axes,
    necks: Sequence[Neck] = (),
    worst: Sequence[str] = (),
    own: Callable[[], list[Path]] | None = None,
) -> list[Path]:
    """Write trace, rank, energy and divergences as PNG files; return their paths.

    Parameters
    ----------
    tree : DataTree
        With `posterior` (chain, draw, *dims) and `sample_stats` (chain, draw).
    dataset : Dataset
        What was fitted.
    folder : Path
        Exists; files of the same names are overwritten.
    estimands : sequence of str
        Those that are scalars stand in trace and rank.
    worst : sequence of str
        Entries for `divergences.png`, such as ``theta[A]``; none: those least known.
    own : callable or None
        Draws what only the model can show, in the place of the forest, and returns the paths.

    Returns
    -------
    list of Path
        Without `energy.png` when the sampler keeps no energy, and without `divergences.png`
        when nothing diverged or the model has no neck.
    """
    forget_unused_jax()
    paths = []
    if scalars(tree, estimands):
        paths.append(save(trace_figure(tree, dataset, estimands), folder / "trace.png"))
        paths.append(save(rank_figure(tree, dataset, estimands), folder / "rank.png"))
    if "energy" in tree["sample_stats"]:
        paths.append(save(energy_figure(tree, dataset), folder / "energy.png"))
    paths += own() if own else forest(tree, dataset, folder, axes, estimands)
    pairs = pairs_figure(tree, dataset, axes, necks, worst) if diverging(tree).any() else None
    if pairs is not None:
        paths.append(save(pairs, folder / "divergences.png"))
    return paths


def forest(
    tree: xr.DataTree, dataset: Dataset, folder: Path, axes: Axes, estimands: Sequence[str]
) -> list[Path]:
    """Write the intervals of the estimands that have entries."""
    figure = forest_figure(tree, dataset, axes, estimands)
    return [] if figure is None else [save(figure, folder / "forest.png")]


def forget_unused_jax() -> None:
    """Remove JAX from the loaded modules where it was only announced.

    ArviZ announces it by a module that is imported when something asks for an attribute.
    Matplotlib asks, of every array that it draws, which costs a second of imports and no plot
    needs.
    """
    if type(sys.modules.get("jax")).__name__ == "_LazyModule":
        del sys.modules["jax"]
