"""Runs as local folders first: a record and the artifacts, sent exactly once.

A folder holds `record.json` and `artifacts/`. The record exists from the moment the run starts;
the run in MLflow as soon as the store answers. What could not be sent waits for `sync`.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

from hierbench.locks import waiting_for
from hierbench.records import RunStatus
from hierbench.tracking.runs import NewRun, end_run, log_files, log_results, now_ms, start_run
from hierbench.tracking.store import Store

__all__ = [
    "LocalRun",
    "artifacts_of",
    "ended",
    "open_run",
    "pending",
    "read",
    "running",
    "send",
    "tidy",
    "write",
]

RECORD = "record.json"
SENDING = "sending.lock"
UPLOAD = "store_seconds"


@dataclass(frozen=True)
class LocalRun:
    """How a run stands, as its folder keeps it.

    Attributes
    ----------
    new : NewRun
        What was known at its start.
    send_id : str
        Tells the run in the store from every other, so that it is never sent twice.
    run_id : str or None
        In the store; None while the store has not answered.
    ended_ms : int or None
        When the run ended, in milliseconds since 1970.
    sent : bool
        Whether the store has all of it.
    """

    new: NewRun
    send_id: str = field(default_factory=lambda: uuid4().hex)
    status: RunStatus = RunStatus.RUNNING
    run_id: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    ended_ms: int | None = None
    sent: bool = False


def artifacts_of(folder: Path) -> Path:
    """Return the part of a run's folder that is sent."""
    return folder / "artifacts"


def write(folder: Path, run: LocalRun) -> LocalRun:
    """Write the record, replacing the last one at once or not at all; return `run`."""
    artifacts_of(folder).mkdir(parents=True, exist_ok=True)
    partial = folder / f"{RECORD}.partial"
    partial.write_text(json.dumps(asdict(run), indent=1, sort_keys=True))
    partial.replace(folder / RECORD)
    return run


def read(folder: Path) -> LocalRun:
    """Return the record that `write` wrote."""
    found: dict[str, Any] = json.loads((folder / RECORD).read_text())
    new = NewRun(**found.pop("new"))
    return LocalRun(new=new, status=RunStatus(found.pop("status")), **found)


def open_run(store: Store, folder: Path, run: LocalRun) -> LocalRun:
    """Create the run in the store and keep its id.

    Raises
    ------
    StoreError
        If the store does not answer; the record stands all the same.
    """
    run_id = start_run(store, run.new, run.send_id)
    return write(folder, replace(run, run_id=run_id))


def ended(
    folder: Path,
    run: LocalRun,
    status: RunStatus,
    *,
    metrics: Mapping[str, float] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LocalRun:
    """Write how `run` ended; the store hears of it by `send`."""
    return write(
        folder,
        replace(run, status=status, metrics=metrics or {}, tags=tags or {}, ended_ms=now_ms()),
    )


def send(store: Store, folder: Path, run: LocalRun) -> LocalRun:
    """Bring all of an ended run into the store, then drop the local artifacts.

    Sending again, after an interruption or from two processes at once, adds nothing twice.

    Raises
    ------
    StoreError
        If the store does not answer; the folder keeps everything.
    """
    if run.sent:
        return run
    try:
        with waiting_for(folder / SENDING):
            kept = read(folder)
            return kept if kept.sent else brought(store, folder, kept)
    except FileNotFoundError:
        if (folder / RECORD).exists():
            raise
        return replace(run, sent=True)  # another process has sent it and tidied it away


def brought(store: Store, folder: Path, run: LocalRun) -> LocalRun:
    """Send `run`, which no other process is sending."""
    start = perf_counter()
    run_id = run.run_id or start_run(store, run.new, run.send_id)
    log_files(store, run_id, artifacts_of(folder))
    log_results(store, run_id, metrics=run.metrics, tags=run.tags, at_ms=run.ended_ms)
    if run.new.kind == "cell" and UPLOAD not in run.metrics:
        # Kept before it is sent, so that sending again sends the same.
        metrics = {**run.metrics, UPLOAD: perf_counter() - start}
        run = write(folder, replace(run, run_id=run_id, metrics=metrics))
        last = {UPLOAD: metrics[UPLOAD]}
        log_results(store, run_id, metrics=last, tags={}, at_ms=run.ended_ms)
    end_run(store, run_id, run.status, run.ended_ms)
    done = write(folder, replace(run, run_id=run_id, sent=True))
    shutil.rmtree(artifacts_of(folder))
    return done


def tidy(folder: Path) -> None:
    """Remove `folder` where its run was sent, and the folders below it whose runs were."""
    for place, run in list(runs_below(folder)):
        if run.sent:
            shutil.rmtree(place, ignore_errors=True)


def runs_below(folder: Path) -> Iterator[tuple[Path, LocalRun]]:
    """Give every run below `folder`, cells before their sweep."""
    for record in sorted(folder.glob(f"**/{RECORD}"), key=lambda path: -len(path.parts)):
        try:
            run = read(record.parent)
        except FileNotFoundError:  # another process has sent it and tidied it away
            continue
        yield record.parent, run


def pending(folder: Path) -> Iterator[tuple[Path, LocalRun]]:
    """Give every run below `folder` that has ended and was not sent."""
    for place, run in runs_below(folder):
        if run.status is not RunStatus.RUNNING and not run.sent:
            yield place, run


def running(folder: Path) -> Iterator[tuple[Path, LocalRun]]:
    """Give every run below `folder` that has not ended."""
    for place, run in runs_below(folder):
        if run.status is RunStatus.RUNNING:
            yield place, run
