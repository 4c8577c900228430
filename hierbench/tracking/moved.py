"""A store whose folder was moved or copied: its artifacts lie beside the database all the same.

MLflow keeps an absolute address of every run's artifacts, derived from its experiment's.
"""

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from time import strftime
from typing import Any
from urllib.parse import unquote, urlsplit

from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

from hierbench.errors import StoreError
from hierbench.tracking.store import Store, store_errors

__all__ = ["files_here", "moved_from", "readdress"]

ADDRESSES = (("experiments", "artifact_location"), ("runs", "artifact_uri"))
WAIT_SECONDS = 20


def moved_from(store: Store) -> str | None:
    """Return where the database says that its artifacts are, None where they are.

    They are elsewhere where the folder of artifacts beside the database is not the one that it
    was made with.
    """
    beside = store.location.artifacts
    if store.location.file is None or beside is None or not beside.is_dir():
        return None
    root = recorded_root(store)
    return None if same_place(root, beside) else root


def files_here(store: Store, run_id: str) -> Any:
    """Return the artifacts of a run in a moved store, to read and to write; None in another.

    A run whose files were left where they were made is read there. What is returned is MLflow's
    LocalArtifactRepository, which has no types.
    """
    root, beside = moved_from(store), store.location.artifacts
    if root is None or beside is None or not run_id.isalnum():
        return None
    folder = beside / run_id / "artifacts"
    left = path_of(root)
    if not folder.is_dir() and left is not None and (left / run_id / "artifacts").is_dir():
        return None
    return LocalArtifactRepository(folder.as_uri())


@lru_cache(maxsize=8)
def recorded_root(store: Store) -> str:
    """Return the address that our experiment's artifacts have in the database."""
    with store_errors(store.location.uri):
        return str(store.client.get_experiment(store.experiment_id).artifact_location)


def path_of(root: str) -> Path | None:
    """Return the folder of an address, None where it is on no disk."""
    try:
        parts = urlsplit(root)
    except ValueError:
        return None
    return Path(unquote(parts.path)) if parts.scheme in ("", "file") else None


def same_place(root: str, folder: Path) -> bool:
    """Return whether an address is that of `folder`, by whatever links."""
    path = path_of(root)
    return path is not None and (path == folder or path.resolve() == folder.resolve())


def readdress(store: Store) -> tuple[int, Path | None]:
    """Give the artifacts of a moved store their present address in its SQLite database.

    Returns
    -------
    tuple of int and Path or None
        How many addresses were rewritten, those below the old folder alone, and where a copy of
        the database as it was is.

    Raises
    ------
    StoreError
        If the store is no SQLite file with its artifacts beside it, or cannot be written.
    """
    file, beside = store.location.file, store.location.artifacts
    if file is None or beside is None:
        raise StoreError(
            "a store on a server: its own addresses are its administrator's; repair --moved is "
            "for a SQLite file"
        )
    if not beside.is_dir():
        raise StoreError(
            f"{beside}: not found; move the folder artifacts beside the database first"
        )
    root = moved_from(store)
    if root is None:
        return 0, None
    copy = file.with_name(f"{file.name}.before-{strftime('%Y%m%dT%H%M%S')}")
    try:
        with closing(sqlite3.connect(file, timeout=WAIT_SECONDS)) as database:
            with closing(sqlite3.connect(copy)) as kept:
                database.backup(kept)
            with database:
                count = rewritten(database, root.rstrip("/"), beside.as_uri())
    except sqlite3.Error as err:
        raise StoreError(
            f"{file}: its addresses cannot be rewritten ({err}); nothing was changed"
        ) from err
    recorded_root.cache_clear()
    return count, copy


def rewritten(database: sqlite3.Connection, old: str, new: str) -> int:
    """Put `new` in place of `old` at the start of every address; return how many had it."""
    count = 0
    for table, column in ADDRESSES:
        # Not LIKE: an address has characters that are wildcards there.
        found = database.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
            f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
            (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
        )
        count += found.rowcount
    return count
