"""Opening a store to read it: nothing of it is written, so it may be read-only or a colleague's.

SQLite writes where it reads: a database in WAL mode needs its -shm file, and takes back what a
killed process left in its -wal. Where this process may not write the database, it reads a private
copy.
"""

import os
import shutil
import sqlite3
import tempfile
import weakref
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG
from time import sleep
from typing import Any

from mlflow import MlflowClient

from hierbench.disk import trouble
from hierbench.errors import StoreError
from hierbench.shown import redacted_uri
from hierbench.tracking.database import has_tables, one_at_a_time
from hierbench.tracking.location import Location, beside
from hierbench.tracking.store import Store, check_experiment, quiet, store_errors

__all__ = ["NoRuns", "check_file", "is_writable", "look"]

PARTS = ("", "-wal", "-journal")
"""Endings of the files that a SQLite database is kept in."""

MOST_BYTES = 2**33
TRIES, BETWEEN_SECONDS = 50, 0.1


class NoRuns(StoreError):
    """No runs of ours are kept there, and nothing is in the way of keeping some."""


def look(location: Location) -> Store:
    """Return the store at `location` for a verb that only reads.

    Raises
    ------
    StoreError
        If no runs are kept there, or they cannot be read.
    """
    quiet()
    if location.file is not None:
        check_file(location.file)
        if not is_writable(location.file):
            return look_at_copy(location, location.file)
        check_tables(location.file)
    with store_errors(location.uri), one_at_a_time(location.uri) as connection:
        if connection is not None and not has_tables(connection):
            raise empty(location)  # MLflow would make them
        found = store_of(location, MlflowClient(tracking_uri=location.uri))
    if location.file is not None:
        let_go_at_end(found.client)
    return found


def let_go_at_end(client: MlflowClient) -> None:
    """Close the database when `client` goes or the program ends.

    Else SQLite's -wal and -shm would stay beside it: MLflow keeps its connections open.
    """
    database: Any = client._tracking_client.store
    weakref.finalize(client, database.engine.dispose)


def is_writable(file: Path) -> bool:
    """Return whether this process may write the database `file`, and the files beside it."""
    return os.access(file, os.R_OK | os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK)


def store_of(location: Location, client: MlflowClient) -> Store:
    """Return the store that `client` reads."""
    experiment_id = check_experiment(location, client)
    if experiment_id is None:
        raise empty(location)
    return Store(location, client, experiment_id)


def empty(location: Location) -> NoRuns:
    """Return the error for a store without runs of ours."""
    where = location.file or redacted_uri(location.uri)
    return NoRuns(
        f"{where}: no runs are kept there; start a sweep first, or name the store "
        "with --store or MLFLOW_TRACKING_URI"
    )


def check_file(file: Path) -> None:
    """Raise StoreError unless `file` is a file that can be read."""
    try:
        kind = file.stat().st_mode
    except FileNotFoundError as err:
        raise empty(beside(file, {})) from err
    except OSError as err:
        raise unreadable(file, err.strerror) from err
    if not S_ISREG(kind):
        raise unreadable(file, "it is no regular file")
    if not os.access(file, os.R_OK):
        raise unreadable(file, "Permission denied")


def check_tables(file: Path) -> None:
    """Raise StoreError unless the database has MLflow's tables, which MLflow else would make."""
    query = "SELECT 1 FROM sqlite_master WHERE name = 'experiments'"
    try:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            found = connection.execute(query).fetchone()
    except sqlite3.Error as err:
        raise unreadable(file, str(err)) from err
    if not found:
        raise empty(beside(file, {}))


def look_at_copy(location: Location, file: Path) -> Store:
    """Return the store as a private copy of its database has it; the artifacts stay in place."""
    folder = Path(tempfile.mkdtemp(prefix="hierbench-copy-"))
    try:
        copy = copied(file, folder)
        check_tables(copy)
        uri = beside(copy, {}).uri
        with store_errors(uri):
            client = MlflowClient(tracking_uri=uri)
            weakref.finalize(client, shutil.rmtree, folder, ignore_errors=True)
            return replace(store_of(location, client), copy_uri=uri)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def copied(file: Path, folder: Path) -> Path:
    """Copy a database into `folder` as it is at one moment; return the copy.

    Raises
    ------
    StoreError
        If it cannot be read, is too large for the temporary folder, or changes all the time.
    """
    for _ in range(TRIES):
        before = state_of(file)
        room = min(MOST_BYTES, shutil.disk_usage(folder).free)
        size = sum(size for _, size, _ in before)
        if size > room:
            raise unreadable(
                file,
                f"not writable here, and a copy of its {size / 2**20:.0f} MiB does not fit into "
                f"{folder.parent}; set TMPDIR to a folder with room",
            )
        try:
            for name, _, _ in before:
                shutil.copyfile(file.parent / name, folder / name)
        except FileNotFoundError:  # the writer has just ended
            pass
        except OSError as err:
            raise unreadable(file, trouble(err) or err.strerror) from err
        if state_of(file) == before:
            return folder / file.name
        for path in folder.iterdir():
            path.unlink()
        sleep(BETWEEN_SECONDS)
    raise unreadable(file, "another process writes it all the time; try again")


def state_of(file: Path) -> list[tuple[str, int, int]]:
    """Return name, size and time of change of each file of a database."""
    found = []
    for ending in PARTS:
        part = file.with_name(f"{file.name}{ending}")
        if part.is_file():
            known = part.stat()
            found.append((part.name, known.st_size, known.st_mtime_ns))
    return found


def unreadable(file: Path, reason: str | None) -> StoreError:
    """Return the error for a database that cannot be read."""
    return StoreError(
        f"{file}: cannot be read ({reason}); name another store with --store or MLFLOW_TRACKING_URI"
    )
