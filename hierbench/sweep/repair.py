"""Closing what a dead process left open, and sending what a dead store left here."""

from pathlib import Path

from hierbench.process import ProcessIdentity
from hierbench.records import RunStatus
from hierbench.tracking import (
    Store,
    TrackedRun,
    end_run,
    ended,
    pending,
    running,
    send,
    unfinished,
)

__all__ = ["repair", "sync"]


def repair(store: Store) -> list[TrackedRun]:
    """End KILLED every open run whose process is gone; delete nothing. Return those runs.

    Only processes of this host are judged, by boot id, process id and start time.
    """
    for folder, run in running(store.location.sweeps):
        if is_gone(run.new.tags.get("process")):
            ended(folder, run, RunStatus.KILLED, tags={"failure": "its process is gone"})
    sync(store, store.location.sweeps)
    orphans = [run for run in unfinished(store) if is_gone(run.tags.get("process"))]
    for orphan in orphans:
        end_run(store, orphan.run_id, RunStatus.KILLED)
    return orphans


def sync(store: Store, folder: Path) -> int:
    """Send every ended run below `folder` that was not sent; return how many.

    Raises
    ------
    StoreError
        If the store stops answering; what was not sent stays.
    """
    waiting = list(pending(folder))
    for place, run in waiting:
        send(store, place, run)
    return len(waiting)


def is_gone(process: str | None) -> bool:
    """Return whether the process of a run's tag is known to have ended."""
    try:
        return process is not None and ProcessIdentity.parse(process).is_gone()
    except ValueError:
        return False
