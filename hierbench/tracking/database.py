"""A database server that keeps a store: its driver, and one process at a time for its tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from hierbench.errors import StoreError
from hierbench.shown import redacted_uri

__all__ = ["has_tables", "one_at_a_time"]

LOCKS = {
    "postgresql": "SELECT pg_advisory_lock(7237126)",
    "mysql": "SELECT GET_LOCK('hierbench', 600)",
}
"""The database frees both when the connection ends, that of a killed process too."""

TIMEOUTS = ("psycopg", "psycopg2", "pymysql", "mysqldb")
"""Drivers that take `connect_timeout`, in seconds."""

CONNECT_SECONDS = 10


@contextmanager
def one_at_a_time(uri: str) -> Iterator[Connection | None]:
    """Hold the lock of the database at `uri` and give a connection to it; None for an HTTP server.

    MLflow makes and changes its tables without a lock: of several first starts all but one fail.

    Raises
    ------
    StoreError
        If the database's driver is not installed.
    """
    kind = urlsplit(uri).scheme.partition("+")[0]
    if kind in ("http", "https"):
        yield None
        return
    with connected(uri) as connection:
        if kind in LOCKS:
            connection.execute(text(LOCKS[kind]))
        yield connection


@contextmanager
def connected(uri: str) -> Iterator[Connection]:
    """Give a connection to the database at `uri`, closed at the end."""
    try:
        engine = create_engine(uri, poolclass=NullPool)
    except ModuleNotFoundError as err:
        raise StoreError(no_driver(uri, str(err.name))) from err
    if engine.driver in TIMEOUTS:
        engine = create_engine(
            uri, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
        )
    # Autocommit: MLflow's own connections must not wait for a transaction of this one.
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def no_driver(uri: str, module: str) -> str:
    """Return the sentence for a database whose driver, the package `module`, is not installed."""
    shown = f"tracking.uri={redacted_uri(uri)}"
    if urlsplit(uri).scheme.startswith("postgresql"):
        return (
            f"{shown}: the driver {module} is not installed; install psycopg with "
            "`pip install 'hierbench[server]'`, and begin the address with postgresql+psycopg://"
        )
    return (
        f"{shown}: the driver {module} is not installed; install it, or name another after the "
        "kind of database, such as mysql+pymysql://"
    )


def has_tables(connection: Connection) -> bool:
    """Return whether MLflow has made its tables in a database."""
    return inspect(connection).has_table("alembic_version")
