"""Where Hydra looks for plugins: it accepts classes of the namespace `hydra_plugins` only."""

from collections.abc import Sequence

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.utils import JobReturn

from hierbench.config.scales import rewritten
from hierbench.sweeps.launcher import CellLauncher

__all__ = ["SweepLauncher", "SweepSweeper"]


class SweepLauncher(CellLauncher):
    """Runs the cells of a hierbench sweep; chosen by `hydra/launcher`."""


class SweepSweeper(BasicSweeper):
    """Hydra's own, whose cells are composed once: by the launcher, before the first of them runs.

    Hydra's reads all its files for every cell to see whether they compose, and throws away what
    it composed: 50 ms a cell. And it writes what it was given into a multirun.yaml, a password in
    an override too; hierbench keeps its own record of a sweep.
    """

    def sweep(self, arguments: list[str]) -> Sequence[Sequence[JobReturn]]:
        """Hand every cell's overrides to the launcher at once, and write nothing."""
        if self.hydra_context is None or self.launcher is None:
            raise RuntimeError("Hydra did not set its sweeper up")
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        overrides = parser.parse_overrides(rewritten([*self._parse_config(), *arguments]))
        (cells,) = self.split_arguments(overrides, None)
        return [self.launcher.launch(cells, initial_job_idx=0)]
