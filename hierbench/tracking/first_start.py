"""The tables of a new SQLite store: all of them in their place, or none."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mlflow.store.db.utils import _initialize_tables
from sqlalchemy import URL, NullPool, create_engine

__all__ = ["make_tables"]

BESIDE = ("", "-journal", "-wal", "-shm")


def make_tables(file: Path) -> None:
    """Make the SQLite database `file` with MLflow's tables, unless something is there.

    MLflow makes them in some 50 steps. Killed within one, it leaves a database that neither it nor
    any other can go on with; so they are made in a file beside, which then takes the name.

    Raises
    ------
    sqlite3.Error
        If no file can be written there.
    """
    partial = file.with_name(f".{file.name}.partial")
    for end in BESIDE:  # of a process that was killed: whoever calls holds the store's lock
        partial.with_name(f"{partial.name}{end}").unlink(missing_ok=True)
    if file.exists() and file.stat().st_size:
        return
    with closing(sqlite3.connect(partial, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()
    engine = create_engine(URL.create("sqlite", database=str(partial)), poolclass=NullPool)
    _initialize_tables(engine)  # type: ignore[no-untyped-call]
    partial.replace(file)
