"""Where Hydra looks for launchers: it accepts classes of the namespace `hydra_plugins` only."""

from hierbench.sweep.launcher import CellLauncher

__all__ = ["SweepLauncher"]


class SweepLauncher(CellLauncher):
    """Runs the cells of a hierbench sweep; chosen by `hydra/launcher`."""
