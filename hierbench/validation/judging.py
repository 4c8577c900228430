"""Cells fitted, or fitted before, and judged together."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from hierbench.cell import PlannedCell
from hierbench.comparison import Cell, cells_frame
from hierbench.errors import ConfigError
from hierbench.records import CellResult, RunStatus
from hierbench.sweeps.copies import Models
from hierbench.sweeps.execute import SweepOutcome, run_plan, sweep_folder
from hierbench.sweeps.plan import SweepPlan, loader, unstored
from hierbench.sweeps.rivals import rivals_of
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.tracking import Store, TrackedRun, cells_of
from hierbench.validation.judgement import Judgement, judged
from hierbench.validation.posteriors import known_posteriors
from hierbench.validation.sensitivity import PosteriorSensitivity, sensitivity_of

__all__ = ["Validation", "run_plans", "validation_of_sweeps"]


@dataclass(frozen=True)
class Validation:
    """What was judged and how the fits ended.

    Attributes
    ----------
    sweep_ids : tuple of str
        Whose cells were judged.
    outcomes : tuple of SweepOutcome
        Of the sweeps that ran now; empty where all were made before.
    """

    judgement: Judgement
    sensitivity: tuple[PosteriorSensitivity, ...]
    sweep_ids: tuple[str, ...]
    outcomes: tuple[SweepOutcome, ...] = ()

    @property
    def failed(self) -> tuple[CellResult, ...]:
        """The cells that ran now and did not finish."""
        return tuple(cell for outcome in self.outcomes for cell in outcome.failed)

    @property
    def good(self) -> bool:
        """Whether nothing differs, every cell that ran now finished, and the store has them."""
        return not self.judgement.differs and all(of.is_kept for of in self.outcomes)


def run_plans(plans: Sequence[SweepPlan], store: Store, console: Console) -> Validation:
    """Run each plan as a sweep like any other, and judge all cells together.

    Raises
    ------
    KeyboardInterrupt
        After the open runs were closed; nothing is judged.
    """
    outcomes = tuple(run_plan(plan, store, console, "validate") for plan in plans)
    return validation_of(
        store,
        [cell for outcome in outcomes for cell in outcome.cells],
        [cell for plan in plans for cell in plan.cells],
        [outcome.sweep_id for outcome in outcomes],
        outcomes,
    )


def validation_of_sweeps(
    store: Store, names: Sequence[str], *, accept_data: bool = False
) -> Validation:
    """Judge the cells of sweeps that were made before, as far as they have ended.

    Parameters
    ----------
    names : sequence of str
        The sweeps' ids, or their first characters.
    accept_data : bool
        Read the files that the plans name, though they are not those that they recorded.

    Raises
    ------
    StoreError
        If an id is no sweep's.
    ConfigError
        If no cell has ended.
    """
    sweeps = [find_sweep(store, name) for name in names]
    planned = [cell for sweep in sweeps for cell in planned_cells(store, sweep, accept_data)]
    cells = [
        cell
        for sweep in sweeps
        for cell in cells_of(store, sweep.run_id)
        if cell.status is not RunStatus.RUNNING
    ]
    if not cells:
        raise ConfigError(f"--of {' '.join(names)}: no cell has ended; wait for the first")
    return validation_of(store, cells, planned, [sweep.run_id for sweep in sweeps])


def planned_cells(store: Store, sweep: TrackedRun, accept_data: bool) -> tuple[PlannedCell, ...]:
    """Return the cells of a sweep's plan, on the data that it recorded."""
    content = load_plan(store, sweep)
    models = Models(sweep_folder(store, sweep.run_id))
    return unstored(content, loader(content, accept_data=accept_data), models).cells


def validation_of(
    store: Store,
    cells: Sequence[Cell],
    planned: Sequence[PlannedCell],
    sweep_ids: Sequence[str],
    outcomes: tuple[SweepOutcome, ...] = (),
) -> Validation:
    """Judge cells that have ended."""
    frame = cells_frame(cells)
    found = judged(frame, rivals_of(store, frame, alone=True), known_posteriors(planned))
    sensitivity = sensitivity_of(store, frame, {cell.cell_key: cell for cell in planned})
    return Validation(found, sensitivity, tuple(sweep_ids), outcomes)
