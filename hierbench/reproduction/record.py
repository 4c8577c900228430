"""A run as its record tells it: checked, with its question asked anew and what has changed."""

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from hierbench.cell import PlannedCell, plan_cell
from hierbench.config.earlier import from_earlier
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError, DataError, HierbenchError, StoreError
from hierbench.models.data import load
from hierbench.models.recalled import ModelRecord, recalled
from hierbench.models.recorded import check_recorded, load_recorded
from hierbench.process import cores_of_workers
from hierbench.provenance import (
    differences,
    digest_of,
    fault_of,
    took_place,
    untagged,
)
from hierbench.records import Arrays, RunStatus
from hierbench.reproduction.draws import read_draws
from hierbench.samplers import backend_of
from hierbench.shown import printable
from hierbench.tracking import Store, TrackedRun, file_hash, find_run
from hierbench.tracking.contract import CONFIG, PROVENANCE
from hierbench.tracking.recorded import (
    damaged,
    recorded_config,
    recorded_posterior,
    recorded_provenance,
)

__all__ = ["Recorded", "check_data", "finished_cell", "provenance_of", "recorded_run"]

RUN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
NO_QUESTION = {"tracking.uri", "workers", "cores_per_cell"}
"""Params that say where a cell ran, not what it was asked."""


@dataclass(frozen=True)
class Recorded:
    """A run as its record tells it, checked.

    Attributes
    ----------
    cell : PlannedCell
        The same question, asked of the data as they are now.
    cores : int
        Chains that are to run at once: as many as then, where there are as many now.
    posterior, sample_stats : mapping of str to ndarray
        The stored draws and statistics.
    changes : tuple of str
        What is not as it was recorded, a phrase each.
    """

    run: TrackedRun
    cell: PlannedCell
    cores: int
    posterior: Arrays
    sample_stats: Arrays
    changes: tuple[str, ...]


def recorded_run(
    store: Store, run_id: str, *, accept_data: bool = False, model_file: Path | None = None
) -> Recorded:
    """Return a run with its question asked anew and its draws, after checking all of it.

    Parameters
    ----------
    accept_data : bool
        Read the file that the run names, though it is not the one that it recorded.
    model_file : Path or None
        The file of the user's model; None: where the user has run it on this machine.

    Raises
    ------
    HierbenchError
        If it is no finished cell, its model is not known here or has changed, its files are
        gone, altered or damaged, or its data are gone.
    """
    run = finished_cell(store, run_id)
    provenance = provenance_of(store, run)
    config = config_of(store, run)
    record = ModelRecord.of(provenance.get("model"))
    model = recalled(config.model, record, place=run.run_id, typed=model_file)
    config = replace(config, model=model)
    with tempfile.TemporaryDirectory() as name:
        path = recorded_posterior(store, run.run_id, Path(name))
        posterior, sample_stats = read_draws(path, run.run_id)
    if digest_of(posterior, sample_stats) != run.tags.get("draws_digest"):
        raise StoreError(
            f"{run.run_id}: its posterior.nc does not match its recorded digest: altered or "
            "damaged; nothing was compared"
        )
    read = load if accept_data else partial(load_recorded, sha256=file_hash(store, run.run_id))
    cell = plan_cell(config, recorded_data(config, run.run_id, read))
    cores = min(provenance["ran_on"]["cores_per_cell"], len(cores_of_workers(1)[0]))
    return Recorded(
        run=run,
        cell=cell,
        cores=max(1, cores),
        posterior=posterior,
        sample_stats=sample_stats,
        changes=changes(run, provenance, cell, max(1, cores)),
    )


def finished_cell(store: Store, run_id: str) -> TrackedRun:
    """Return the run of that id, a cell that finished.

    Raises
    ------
    StoreError
        If there is none, or it is something else.
    """
    run = find_run(store, run_id)
    if not RUN_ID.fullmatch(run.run_id):
        raise StoreError(f"{printable(run.run_id)}: no id that MLflow gives; nothing was read")
    kind = printable(run.tags.get("kind", "run of another tool"))
    if kind == "sweep":
        raise StoreError(
            f"{run.run_id}: a sweep, and one cell at a time is reproduced; "
            f"`hierbench show {run.run_id[:8]}` lists its cells"
        )
    if kind != "cell":
        raise StoreError(f"{run.run_id}: a {kind}, and only cells of hierbench are reproduced")
    if run.status is not RunStatus.FINISHED:
        raise StoreError(
            f"{run.run_id}: {run.status}, so there are no draws to compare with; run it again "
            f"with the command that `hierbench show {run.run_id[:8]}` prints"
        )
    return run


def provenance_of(store: Store, run: TrackedRun) -> dict[str, Any]:
    """Return the content of a run's provenance.json, every part of its type.

    Raises
    ------
    StoreError
        If it is gone, damaged or of another schema version.
    """
    with tempfile.TemporaryDirectory() as name:
        content = recorded_provenance(store, run.run_id, Path(name))
    fault = fault_of(content)
    if fault:
        raise damaged(run.run_id, PROVENANCE, printable(fault))
    return content


def asked_config(content: Mapping[str, Any], run_id: str) -> Config:
    """Return the typed configuration of a config.yaml.

    Raises
    ------
    StoreError
        If it is none.
    """
    try:
        return from_plain(from_earlier(content))
    except (ConfigError, ValueError, TypeError, RecursionError) as err:
        raise damaged(run_id, CONFIG, err) from err


def config_of(store: Store, run: TrackedRun) -> Config:
    """Return the configuration that a run was asked with.

    Raises
    ------
    StoreError
        If it is gone or damaged.
    """
    with tempfile.TemporaryDirectory() as name:
        return asked_config(recorded_config(store, run.run_id, Path(name)), run.run_id)


def check_data(store: Store, run_id: str) -> None:
    """Raise HierbenchError unless the file that a run names is the one that it recorded."""
    run = finished_cell(store, run_id)
    check_recorded(config_of(store, run).data, file_hash(store, run.run_id))


def recorded_data(config: Config, run_id: str, read: Callable[[Config], Dataset]) -> Dataset:
    """Return the data that `config` names, as they are now.

    Raises
    ------
    DataError
        If they are gone, not those that were recorded, or cannot be read any more.
    """
    try:
        return read(config)
    except (HierbenchError, MemoryError) as err:
        reason = printable(str(err) or "they do not fit in memory")
        raise DataError(f"{run_id}: its data cannot be loaded: {reason}") from err


def changes(
    run: TrackedRun, provenance: Mapping[str, Any], cell: PlannedCell, cores: int
) -> tuple[str, ...]:
    """Return what is not as recorded: the record in itself, the question, what it runs on."""
    tagged = untagged(provenance, run.tags)
    params = {name: text for name, text in cell.params.items() if name not in NO_QUESTION}
    then = {name: text for name, text in run.params.items() if name not in NO_QUESTION}
    now = took_place(backend_of(cell.settings.name), cores)
    found = (
        *(f"provenance.json: its {name} is not the tagged one" for name in tagged),
        *differences(then, params),
        *differences(question(provenance["asked"]), question(cell.asked)),
        *differences(provenance["ran_on"], now),
    )
    return tuple(dict.fromkeys(found))


def question(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked, its data by a name that people know."""
    rest = {name: value for name, value in asked.items() if name != "arrays_sha256"}
    return {"data.sha256": asked["arrays_sha256"], **rest}
