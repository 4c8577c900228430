"""Runs as local folders first: a record and the artifacts, sent exactly once.

A folder holds `record.json` and `artifacts/`. The record exists from the moment the run starts;
the run in MLflow as soon as the store answers. What could not be sent waits for `sync`.
"""

import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from hierbench.disk import drop_partial, trouble
from hierbench.errors import StoreError
from hierbench.locks import waiting_for
from hierbench.records import RunStatus
from hierbench.tracking.record import RECORD, LocalRun, artifacts_of, read, write
from hierbench.tracking.runs import (
    check_active,
    end_run,
    log_files,
    log_results,
    now_ms,
    start_run,
)
from hierbench.tracking.store import Store

__all__ = [
    "SENDING",
    "as_ended",
    "at_hand",
    "ended",
    "not_kept",
    "open_run",
    "pending",
    "places_below",
    "running",
    "send",
    "tell",
    "tidy",
]

SENDING = "sending.lock"
UPLOAD = "store_seconds"
ASIDE = re.compile(r"\.set-aside(-\d+)?$")
"""Ends the name of a folder that `set_aside` has renamed."""


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
    return write(folder, as_ended(run, status, metrics=metrics, tags=tags))


def as_ended(
    run: LocalRun,
    status: RunStatus,
    *,
    metrics: Mapping[str, float] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LocalRun:
    """Return `run` as one that ended now."""
    return replace(run, status=status, metrics=metrics or {}, tags=tags or {}, ended_ms=now_ms())


def send(store: Store, folder: Path, run: LocalRun, keep: Collection[str] = ()) -> LocalRun:
    """Bring all of an ended run into the store, then drop the local artifacts but those to `keep`.

    Sending again, after an interruption or from two processes at once, adds nothing twice.

    Raises
    ------
    StoreError
        If the store does not answer, or refuses the run; the folder keeps everything.
    """
    if run.sent:
        return run
    try:
        with waiting_for(folder / SENDING):
            kept = read(folder)
            if kept.status is RunStatus.RUNNING:
                raise StoreError(f"{folder}: how its run ended could not be written there")
            return kept if kept.sent else brought(store, folder, kept, keep)
    except FileNotFoundError as err:
        if os.path.lexists(folder / RECORD):
            raise not_kept(folder, err) from err
        return replace(run, sent=True)  # another process has sent it and tidied it away
    except OSError as err:
        raise not_kept(folder, err) from err


def tell(store: Store, folder: Path, run: LocalRun) -> LocalRun:
    """Tell the store how `run` ended without its folder, which cannot be written.

    Raises
    ------
    StoreError
        If the store does not take it; the folder stays as it is. Else the record goes: it says
        that the run has not ended.
    """
    run_id = run.run_id or start_run(store, run.new, run.send_id)
    with suppress(StoreError):  # the files of a run that did not finish
        log_files(store, run_id, artifacts_of(folder))
    log_results(store, run_id, metrics=run.metrics, tags=run.tags, at_ms=run.ended_ms)
    end_run(store, run_id, run.status, run.ended_ms)
    with suppress(OSError):
        (folder / RECORD).unlink(missing_ok=True)
    shutil.rmtree(artifacts_of(folder), ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()  # a sweep's holds its cells
    return replace(run, run_id=run_id, sent=True)


def with_files(folder: Path, run: LocalRun) -> LocalRun:
    """Return `run`, FAILED if it finished and its files were deleted before they were sent."""
    artifacts_of(folder).mkdir(exist_ok=True)
    gone = [name for name in run.files if not (artifacts_of(folder) / name).is_file()]
    if not gone or run.status is not RunStatus.FINISHED:
        return run
    why = f"its {', '.join(gone)} was deleted before it was sent"
    return write(folder, replace(run, status=RunStatus.FAILED, tags={**run.tags, "failure": why}))


def not_kept(folder: Path, error: OSError) -> StoreError:
    """Return the error for a run's folder that cannot be written."""
    why = trouble(error) or error.strerror or str(error)
    return StoreError(f"{folder}: cannot be written ({why}); free or mend its disk and try again")


def brought(store: Store, folder: Path, run: LocalRun, keep: Collection[str]) -> LocalRun:
    """Send `run`, which no other process is sending."""
    start = perf_counter()
    if run.run_id:
        check_active(store, run.run_id)
    run_id = run.run_id or start_run(store, run.new, run.send_id)
    run = with_files(folder, run)
    drop_partial(artifacts_of(folder))
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
    drop_artifacts(artifacts_of(folder), keep)
    return done


def drop_artifacts(artifacts: Path, keep: Collection[str]) -> None:
    """Remove the local artifacts but those to `keep`, and their folder where none is left."""
    for path in artifacts.glob("*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in keep:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):
        artifacts.rmdir()


def at_hand(folder: Path) -> dict[str, Path]:
    """Return the folders of artifacts below a sweep's `folder`, by run id."""
    return {run.run_id: artifacts_of(place) for place, run in runs_below(folder) if run.run_id}


def tidy(folder: Path) -> None:
    """Remove `folder` where its run was sent, and the folders below it whose runs were."""
    for place, run in list(runs_below(folder)):
        if run.sent:
            shutil.rmtree(place, ignore_errors=True)


def runs_below(folder: Path) -> Iterator[tuple[Path, LocalRun]]:
    """Give every run below `folder` whose record can be read, cells before their sweep."""
    for place in places_below(folder):
        try:
            run = read(place)
        except (FileNotFoundError, StoreError):  # sent and tidied away, or to be set aside
            continue
        yield place, run


def places_below(folder: Path) -> list[Path]:
    """Return the folders below `folder` that have a record, whatever it is; the deepest first."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not ASIDE.search(name)]
        if RECORD in (*folders, *files):
            found.append(Path(place))
    return sorted(found, key=lambda path: (-len(path.parts), path))


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
