"""Going on with a sweep in a new process, from what the store has of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hierbench.comparison import Cell
from hierbench.config.flat import is_asked
from hierbench.config.schema import Config
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError
from hierbench.process import this_process
from hierbench.records import RunStatus
from hierbench.sweeps.copies import Models
from hierbench.sweeps.execute import keep_plan, lock_sweep, supersede, sweep_folder
from hierbench.sweeps.extension import Typed, extension
from hierbench.sweeps.plan import (
    SweepPlan,
    changes,
    loader,
    name_of_data,
    plan_sweep,
    stored_configs,
    stored_values,
    unstored,
)
from hierbench.sweeps.repair import repair, sync
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.tracking import (
    BadRecord,
    LocalRun,
    NewRun,
    Store,
    TrackedRun,
    cells_of,
    not_kept,
    read,
    reopen_run,
    set_tag,
    write,
)

__all__ = [
    "Resumed",
    "extend_plan",
    "extension_plan",
    "missing_plan",
    "resume_plan",
]

MACHINE = ("workers", "tracking.uri")
"""Parameters that another process may run the same cell with, and the store's own address."""


CHANGED = "; undo that, start a new sweep, or go on with --force"


@dataclass(frozen=True)
class Resumed:
    """A sweep to go on with.

    Attributes
    ----------
    finished : mapping of str to Cell
        By cell_key: these are not run again.
    stale : mapping of str to list of str
        By cell_key, ids of the runs that failed, were killed, or had data that changed since.
    """

    sweep_id: str
    plan: SweepPlan
    finished: dict[str, Cell]
    stale: dict[str, list[str]]


def resume_plan(
    store: Store,
    sweep_id: str,
    *,
    force: bool,
    accept_data: bool = False,
    model_file: Path | None = None,
) -> Resumed:
    """Lock the sweep, close what its processes left behind, and return what is missing.

    Parameters
    ----------
    force : bool
        Go on though data or code have changed since the sweep was planned.
    accept_data : bool
        Read the files that the plan names, though they are not those that it recorded.
    model_file : Path or None
        The file of the user's model; None: the sweep's own copy, else where it was run from.

    Raises
    ------
    StoreError
        If the id is no sweep's, or another process runs it now.
    ConfigError
        If data or code have changed and `force` is not given; it says what.
    """
    sweep = find_sweep(store, sweep_id)
    content = load_plan(store, sweep)
    models = Models(sweep_folder(store, sweep.run_id), model_file)
    plan = unstored(content, loader(content, accept_data=accept_data), models)
    if not force:
        refuse_changes(sweep, content, plan, CHANGED)
    return opened(store, sweep, plan)


def refuse_changes(
    sweep: TrackedRun, content: Mapping[str, Any], plan: SweepPlan, way: str
) -> None:
    """Raise ConfigError when data or code differ from those of the stored plan `content`."""
    differs = changes(content, plan)
    if differs:
        raise ConfigError(
            f"sweep {sweep.run_id[:8]}: {' and '.join(differs)} since it was planned{way}"
        )


def extension_plan(
    content: Mapping[str, Any], typed: Typed, models: Models, *, accept_data: bool = False
) -> SweepPlan:
    """Return the cells of a stored plan with typed values in place of theirs.

    Raises
    ------
    HierbenchError
        If the content is not a plan, or one of the cells cannot run.
    """
    read = loader(content, typed.paths, accept_data=accept_data)
    with stored_values():
        configs = extension(stored_configs(content, models), typed)
        return plan_sweep(configs, read, content["overrides"], typed.mode or content["mode"])


def extend_plan(
    store: Store,
    sweep_id: str,
    new: SweepPlan,
    *,
    force: bool = False,
    accept_data: bool = False,
) -> Resumed:
    """Add the cells of `new` to a sweep, and return what is missing of both.

    Raises
    ------
    StoreError
        If the id is no sweep's, or another process runs it now.
    ConfigError
        If data or code have changed and `force` is not given: the old cells and the new would
        not be of one kind.
    """
    sweep = find_sweep(store, sweep_id)
    both = joined_plan(store, sweep, new, force=force, accept_data=accept_data)
    resumed = opened(store, sweep, both)
    keep_plan(both, store, sweep.run_id)
    return resumed


def missing_plan(
    store: Store,
    sweep_id: str,
    new: SweepPlan,
    *,
    force: bool = False,
    accept_data: bool = False,
) -> SweepPlan:
    """Return the cells that `extend_plan` would leave to run; changes nothing.

    Raises
    ------
    HierbenchError
        As `extend_plan` does, save that another process may run the sweep.
    """
    sweep = find_sweep(store, sweep_id)
    both = joined_plan(store, sweep, new, force=force, accept_data=accept_data)
    finished = finished_of(cells_of(store, sweep.run_id))
    missing = tuple(cell for cell in both.cells if cell.cell_key not in finished)
    return replace(both, cells=missing)


def joined_plan(
    store: Store, sweep: TrackedRun, new: SweepPlan, *, force: bool, accept_data: bool
) -> SweepPlan:
    """Return the stored plan of a sweep with the cells of `new`, as many at once as in `new`."""
    content = load_plan(store, sweep)
    models = Models(sweep_folder(store, sweep.run_id), model_file_of(new))
    old = unstored(content, loader(content, accept_data=accept_data), models)
    if not force:
        refuse_changes(sweep, content, old, CHANGED)
    configs = [cell.as_typed for cell in (*old.cells, *new.cells)]
    configs = [replace(config, workers=new.workers) for config in configs]
    datasets = {name_of_data(cell.as_typed): cell.dataset for cell in (*new.cells, *old.cells)}

    def read(config: Config) -> Dataset:
        return datasets[name_of_data(config)]

    return plan_sweep(configs, read, old.overrides, new.mode)


def model_file_of(plan: SweepPlan) -> Path | None:
    """Return the file of the one user's model among the cells, if there is one."""
    paths = {cell.source.path for cell in plan.cells if cell.source and not cell.source.package}
    return Path(paths.pop()) if len(paths) == 1 else None


def opened(store: Store, sweep: TrackedRun, plan: SweepPlan) -> Resumed:
    """Lock the sweep, send and close what is left of it, and open its parent run again."""
    folder = sweep_folder(store, sweep.run_id)
    lock_sweep(folder, sweep.run_id)
    repair(store)
    sync(store, folder)
    cells = cells_of(store, sweep.run_id)
    planned = {cell.cell_key for cell in plan.cells}
    current = [cell for cell in cells if cell.tags["cell_key"] in planned]
    finished, stale = finished_of(current), stale_of(current)
    for key, run_id in outdated(cells, plan):
        stale.setdefault(key, []).append(run_id)
    for key in finished.keys() & stale.keys():  # its result was sent later, by sync
        supersede(store, stale.pop(key), finished[key].run_id)
    reopen(store, sweep, folder)
    return Resumed(sweep.run_id, plan, dict(finished), stale)


def outdated(cells: Sequence[TrackedRun], plan: SweepPlan) -> Iterator[tuple[str, str]]:
    """Give the ids of the runs on data that have changed since, each behind its cell's new key."""
    wanted = {wanted_of(cell.params): cell.cell_key for cell in plan.cells}
    planned = set(wanted.values())
    for cell in cells:
        key = wanted.get(wanted_of(cell.params))
        if key is not None and cell.tags["cell_key"] not in planned:
            yield key, cell.run_id


def wanted_of(params: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Return what a cell was asked, as its parameters say it: neither data nor machine."""
    return frozenset(
        (name, value) for name, value in params.items() if name not in MACHINE and is_asked(name)
    )


def reopen(store: Store, sweep: TrackedRun, folder: Path) -> None:
    """Give the parent run the status RUNNING, and this process as its own."""
    process = {"process": str(this_process())}
    try:
        run = read(folder)
    except (FileNotFoundError, BadRecord):  # the sweep was begun on another machine
        run = LocalRun(NewRun("sweep", sweep.name, "", sweep.tags, sweep.params))
    new = replace(run.new, tags={**run.new.tags, **process})
    try:
        write(
            folder,
            replace(run, new=new, run_id=sweep.run_id, status=RunStatus.RUNNING, sent=False),
        )
    except OSError as error:
        raise not_kept(folder, error) from error
    set_tag(store, sweep.run_id, "process", process["process"])
    reopen_run(store, sweep.run_id)


def finished_of(cells: Sequence[TrackedRun]) -> dict[str, TrackedRun]:
    """Return the finished cells by their key."""
    return {cell.tags["cell_key"]: cell for cell in cells if cell.status is RunStatus.FINISHED}


def stale_of(cells: Sequence[TrackedRun]) -> dict[str, list[str]]:
    """Return the ids of the cells that did not finish, by their key."""
    stale: dict[str, list[str]] = {}
    for cell in cells:
        if cell.status is not RunStatus.FINISHED:
            stale.setdefault(cell.tags["cell_key"], []).append(cell.run_id)
    return stale
