"""Hydra's way in: the launcher is handed every cell's overrides and composes them all."""

from collections.abc import Sequence
from dataclasses import dataclass

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from hierbench.config.compose import to_config
from hierbench.config.schema import Config
from hierbench.sweeps.composition import compose_cells
from hierbench.sweeps.omitted import composed_without, every_form, with_own

__all__ = ["CellLauncher", "Composed"]


@dataclass(frozen=True)
class Composed:
    """The cells of a sweep as Hydra composed them.

    Attributes
    ----------
    cells : tuple of DictConfig
        One per cell.
    overrides : tuple of str
        What the user asked for.
    mode : str
        The launcher: basic or local.
    """

    cells: tuple[DictConfig, ...]
    overrides: tuple[str, ...]
    mode: str

    def configs(self) -> tuple[Config, ...]:
        """Return the cells' typed configurations, one for each form where a cell asks for all.

        Raises
        ------
        ConfigError
            If one of the cells has a value outside its range, or there is no model or form of
            the name that it gives.
        """
        return tuple(config for cell in map(to_config, self.cells) for config in every_form(cell))


class CellLauncher(Launcher):
    """Composes every cell before the first fit, then calls its task with them all.

    The task takes a `Composed`; what it returns is the one JobReturn's value.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep what Hydra composes with, and the task."""
        self.loader = hydra_context.config_loader
        self.task = task_function
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Compose all cells and hand them to the task."""
        cells = [with_own(overrides, chosen_in(self.config)) for overrides in job_overrides]
        composed = tuple(compose_cells(self.loader, self.config, cells))
        found = Composed(composed, tuple(self.config.hydra.overrides.task), self.mode)
        return [JobReturn(_return_value=self.task(found), status=JobStatus.COMPLETED)]


def chosen_in(sweep: DictConfig) -> dict[str, str]:
    """Return the model, data, prior and parameterization that a sweep was composed with."""
    choices = sweep.hydra.runtime.choices
    return {key: str(choices.get(key, sweep.get(key))) for key in composed_without()}
