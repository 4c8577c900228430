"""Where Hydra looks for plugins: it accepts classes of the namespace `hydra_plugins` only."""

from collections.abc import Sequence

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

from hierbench.sweep.launcher import CellLauncher

__all__ = ["SweepLauncher", "SweepSweeper"]


class SweepLauncher(CellLauncher):
    """Runs the cells of a hierbench sweep; chosen by `hydra/launcher`."""


class SweepSweeper(BasicSweeper):
    """Hydra's own, whose cells are composed once: by the launcher, before the first of them runs.

    Hydra's reads all its files for every cell to see whether they compose, and throws away what
    it composed: 50 ms a cell.
    """

    def validate_batch_is_legal(self, batch: Sequence[Sequence[str]]) -> None:
        """Leave it to the launcher."""
