"""Hydra's way in: the launcher is handed every cell's overrides, checks them all, runs them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from hierbench.config.compose import to_config

if TYPE_CHECKING:
    from hierbench.sweep.execute import SweepOutcome

__all__ = ["CellLauncher"]


class CellLauncher(Launcher):
    """Composes and checks all cells before the first fit, then runs them."""

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep what Hydra composes with; the task is always a cell."""
        self.loader = hydra_context.config_loader
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the cells; one JobReturn holds the outcome of them all."""
        outcome = self.sweep(job_overrides)
        return [JobReturn(_return_value=outcome, status=JobStatus.COMPLETED)]

    def sweep(self, job_overrides: Sequence[Sequence[str]]) -> "SweepOutcome":
        """Check every cell, open the store, run."""
        from rich.console import Console

        from hierbench.datasets import load
        from hierbench.sweep.execute import run_sweep
        from hierbench.sweep.plan import plan_sweep
        from hierbench.sweep.warnings import print_warnings
        from hierbench.tracking import locate, open_store

        composed = [self.loader.load_sweep_config(self.config, list(o)) for o in job_overrides]
        configs = [to_config(cell) for cell in composed]
        plan = plan_sweep(configs, load)
        console = Console(stderr=True)
        print_warnings(plan.cells, console)
        store = open_store(locate(configs[0].tracking.uri, Path.cwd()))
        command = " ".join(["hierbench sweep", *self.config.hydra.overrides.task])
        return run_sweep(plan, store, command, console)
