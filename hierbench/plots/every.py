"""All plots of one fit, as PNG files in a folder."""

import sys
from collections.abc import Sequence
from pathlib import Path

import xarray as xr

from hierbench.plots.choice import chosen_groups
from hierbench.plots.draws import diverging
from hierbench.plots.energy import energy_figure
from hierbench.plots.forest import forest_figure
from hierbench.plots.groups import groups_figure
from hierbench.plots.pairs import pairs_figure
from hierbench.plots.rank import rank_figure
from hierbench.plots.sheet import save
from hierbench.plots.trace import trace_figure
from hierbench.records import Dataset

__all__ = ["draw"]


def draw(
    tree: xr.DataTree,
    dataset: Dataset,
    folder: Path,
    *,
    groups: Sequence[str] = (),
    worst: Sequence[str] = (),
) -> list[Path]:
    """Write trace, rank, energy, groups, forest and divergences as PNG files; return their paths.

    Parameters
    ----------
    tree : DataTree
        With `posterior` (chain, draw[, group]) and `sample_stats` (chain, draw).
    dataset : Dataset
        What was fitted.
    folder : Path
        Exists; files of the same names are overwritten.
    groups : sequence of str
        Labels for `groups.png`; none: the smallest, the median and the largest group.
    worst : sequence of str
        Parameters of the groups for `divergences.png`, such as ``alpha[95608]``; none: those of
        the smallest group.

    Returns
    -------
    list of Path
        Without `energy.png` when the sampler keeps no energy, and without `divergences.png`
        when nothing diverged.

    Raises
    ------
    ConfigError
        If a label is not in the data.
    """
    forget_unused_jax()
    chosen = chosen_groups(dataset, groups)
    paths = [
        save(trace_figure(tree, dataset), folder / "trace.png"),
        save(rank_figure(tree, dataset), folder / "rank.png"),
        save(groups_figure(tree, dataset, chosen), folder / "groups.png"),
        save(forest_figure(tree, dataset), folder / "forest.png"),
    ]
    if "energy" in tree["sample_stats"]:
        paths.insert(2, save(energy_figure(tree, dataset), folder / "energy.png"))
    if diverging(tree).any():
        paths.append(save(pairs_figure(tree, dataset, worst), folder / "divergences.png"))
    return paths


def forget_unused_jax() -> None:
    """Remove JAX from the loaded modules where it was only announced.

    ArviZ announces it by a module that is imported when something asks for an attribute.
    Matplotlib asks, of every array that it draws, which costs a second of imports and no plot
    needs.
    """
    if type(sys.modules.get("jax")).__name__ == "_LazyModule":
        del sys.modules["jax"]
