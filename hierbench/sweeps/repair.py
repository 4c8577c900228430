"""Closing what a dead process left open, and sending what a dead store left here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hierbench.errors import StoreError
from hierbench.process import ProcessIdentity
from hierbench.records import RunStatus
from hierbench.shown import warn
from hierbench.tracking import (
    LocalRun,
    Location,
    Refused,
    Store,
    TrackedRun,
    end_run,
    ended,
    not_kept,
    open_store,
    pending,
    read,
    running,
    send,
    set_aside,
    set_bad_aside,
    unfinished,
)

__all__ = ["Closed", "open_elsewhere", "ready_store", "repair", "send_waiting", "sync"]


def ready_store(location: Location) -> Store:
    """Return the store to fit into, made where there is none, after `repair`.

    Raises
    ------
    StoreError
        If it cannot be reached or written.
    """
    store = open_store(location)
    repair(store)
    return store


@dataclass(frozen=True)
class Closed:
    """A run that was ended KILLED; its id is empty where no store has heard of it."""

    run_id: str
    name: str


def repair(store: Store, *, all_hosts: bool = False) -> list[Closed]:
    """End KILLED every open run whose process is gone; delete nothing. Return those runs.

    Only processes of this host and container are judged, by boot id, process id and start time.
    A cell whose sweep still runs is left to it: it knows what its worker died of.

    Parameters
    ----------
    all_hosts : bool
        Whether to end the open runs of other hosts and containers too, of which nobody here can
        tell whether their processes live.
    """

    def over(process: str | None) -> bool:
        return is_gone(process) or (all_hosts and is_elsewhere(process))

    closed: dict[Path, LocalRun] = {}
    for folder, run in running(store.location.sweeps):
        if over(run.new.tags.get("process")) and not runs_now(folder.parent, over):
            try:
                why = {"failure": "its process is gone"}
                closed[folder] = ended(folder, run, RunStatus.KILLED, tags=why)
            except OSError as error:
                warn(str(not_kept(folder, error)))
    sync(store, store.location.sweeps)
    unended = unfinished(store)
    living = {run.run_id for run in unended if not over(run.tags.get("process"))}
    orphans = [
        run
        for run in unended
        if run.run_id not in living and run.tags.get("sweep_id") not in living
    ]
    for orphan in orphans:
        end_run(store, orphan.run_id, RunStatus.KILLED)
    return [
        *(Closed(id_of(folder, run), run.new.name) for folder, run in closed.items()),
        *(Closed(orphan.run_id, orphan.name) for orphan in orphans),
    ]


def id_of(folder: Path, run: LocalRun) -> str:
    """Return the id of a run that was perhaps sent a moment ago, empty where it was not."""
    try:
        return read(folder).run_id or ""
    except (FileNotFoundError, StoreError):  # set aside
        return run.run_id or ""


def open_elsewhere(store: Store) -> list[TrackedRun]:
    """Return the open runs of other hosts and containers, which `repair` leaves as they are."""
    return [run for run in unfinished(store) if is_elsewhere(run.tags.get("process"))]


def sync(store: Store, folder: Path) -> int:
    """Send every ended run below `folder` that was not sent; return how many."""
    return send_waiting(store, folder)[0]


def send_waiting(store: Store, folder: Path) -> tuple[int, list[Path]]:
    """Send every ended run below `folder` that was not sent, and set aside what cannot be.

    Returns
    -------
    tuple of int and list of Path
        How many were sent, and where the others are now.

    Raises
    ------
    StoreError
        If the store stops answering; what was not sent stays.
    """
    aside, sent = set_bad_aside(folder), 0
    for place, run in list(pending(folder)):
        try:
            send(store, place, run)
            sent += 1
        except Refused as refusal:
            aside.append(set_aside(place, f"{place}: cannot be sent, {refusal}"))
        except StoreError as error:
            raise StoreError(f"{place}: not sent, {error}") from error
    return sent, aside


def runs_now(sweep: Path, over: Callable[[str | None], bool]) -> bool:
    """Return whether the folder `sweep` is that of a sweep whose process is not `over`."""
    try:
        run = read(sweep)
    except (FileNotFoundError, StoreError):
        return False
    return run.status is RunStatus.RUNNING and not over(run.new.tags.get("process"))


def is_gone(process: str | None) -> bool:
    """Return whether the process of a run's tag is known to have ended."""
    identity = identity_of(process)
    return identity is not None and identity.is_gone()


def is_elsewhere(process: str | None) -> bool:
    """Return whether the process of a run's tag is of another host or container."""
    identity = identity_of(process)
    return identity is not None and identity.is_elsewhere()


def identity_of(process: str | None) -> ProcessIdentity | None:
    """Return the process of a run's tag, None where the tag is missing or names none."""
    try:
        return None if process is None else ProcessIdentity.parse(process)
    except ValueError:
        return None
