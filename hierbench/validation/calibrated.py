"""A calibration run as a sweep, or read back: its ranks, their verdicts and their files."""

import json
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from hierbench.disk import whole, write_whole
from hierbench.errors import ConfigError
from hierbench.models.recalled import remember_model
from hierbench.shown import redacted_uri
from hierbench.sweeps.copies import Models
from hierbench.sweeps.execute import SweepOutcome, finish_cells, new_sweep, sweep_folder
from hierbench.sweeps.plan import SweepPlan, loader, unstored
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.tracking import Store, log_files, set_tag
from hierbench.validation.calibration import Ranks, Verdict, judge, plan_calibration
from hierbench.validation.designs import asked_model, design
from hierbench.validation.rank_plot import plot_ranks
from hierbench.validation.ranks import recorded_ranks

__all__ = ["Calibrated", "calibrated_before", "plan_designs", "run_design", "write_files"]

TAG = "calibration"
VERDICTS, PLOT = "calibration.json", "ranks.png"


@dataclass(frozen=True)
class Calibrated:
    """The verdicts on one design.

    Attributes
    ----------
    design : str
        Its name.
    estimands : tuple of str
        Of its model.
    ranks : mapping of str to Ranks
        By form.
    verdicts : tuple of Verdict
        One per form.
    outcome : SweepOutcome or None
        How the fits ended; None where they were made before.
    """

    design: str
    estimands: tuple[str, ...]
    sweep_id: str
    ranks: Mapping[str, Ranks]
    verdicts: tuple[Verdict, ...]
    outcome: SweepOutcome | None = None

    @property
    def good(self) -> bool:
        """Whether every verdict is the one expected."""
        return all(verdict.good for verdict in self.verdicts)

    @property
    def is_kept(self) -> bool:
        """Whether the store has all that ran now."""
        return self.outcome is None or (not self.outcome.unsent and self.outcome.parent_sent)

    def content(self) -> dict[str, Any]:
        """Return it as JSON content."""
        verdicts = [
            {**asdict(verdict), "worst": verdict.worst, "good": verdict.good}
            for verdict in self.verdicts
        ]
        return {"design": self.design, "sweep_id": self.sweep_id, "verdicts": verdicts}


def plan_designs(
    simulations: int, names: Sequence[str] | None, overrides: Sequence[str]
) -> dict[str, SweepPlan]:
    """Return the sweep of each design named, of all where None is, checked before the first fit."""
    model = asked_model(overrides)
    remember_model(model.source)
    chosen = list(model.designs) if names is None else names
    return {
        name: plan_calibration(model, design(model, name), simulations, overrides)
        for name in chosen
    }


def run_design(
    name: str,
    plan: SweepPlan,
    store: Store,
    console: Console,
    overrides: Sequence[str],
    simulations: int,
) -> Calibrated:
    """Run one design's sweep, judge it, and keep the verdicts in the sweep's run."""
    words = ["hierbench", "validate", "--calibration", str(simulations)]
    command = shlex.join([*words, "--design", name, *map(redacted_uri, overrides)])
    sweep_id = new_sweep(plan, store, command)
    set_tag(store, sweep_id, TAG, name)
    outcome = finish_cells(plan, store, sweep_id, console)
    return judged_design(name, plan, store, sweep_id, outcome)


def calibrated_before(store: Store, sweep_id: str) -> Calibrated:
    """Judge the cells that a calibration's sweep has, and keep the verdicts in its run.

    Raises
    ------
    ConfigError
        If the sweep is no calibration's.
    """
    sweep = find_sweep(store, sweep_id)
    name = sweep.tags.get(TAG, "")
    if not name:
        raise ConfigError(
            f"--calibration {sweep_id}: the id of a sweep that is no calibration; give a number "
            "of simulations to start one"
        )
    content = load_plan(store, sweep)
    models = Models(sweep_folder(store, sweep.run_id))
    plan = unstored(content, loader(content), models)
    return judged_design(name, plan, store, sweep.run_id)


def judged_design(
    name: str, plan: SweepPlan, store: Store, sweep_id: str, outcome: SweepOutcome | None = None
) -> Calibrated:
    """Judge the ranks that the store has of a plan, and keep the verdicts in the sweep's run."""
    ranks = recorded_ranks(store, sweep_id, plan.cells)
    model = plan.cells[0].model
    verdicts = tuple(judge(form, of, design(model, name)) for form, of in ranks.items())
    found = Calibrated(name, model.estimands, sweep_id, ranks, verdicts, outcome)
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), found)
        log_files(store, sweep_id, Path(folder))
    return found


def write_files(folder: Path, found: Calibrated) -> None:
    """Write the verdicts and, where there are ranks, their plot into `folder`."""
    write_whole(folder / VERDICTS, json.dumps(found.content(), indent=1) + "\n")
    if any(verdict.simulations for verdict in found.verdicts):
        with whole(folder / PLOT) as partial:
            plot_ranks(partial, found.design, found.estimands, found.ranks, found.verdicts)
