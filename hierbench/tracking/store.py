"""Opening a store: once, checked, with its tables and our experiment in place."""

import logging
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from alembic.util.exc import CommandError
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from hierbench.errors import StoreError
from hierbench.locks import waiting_for
from hierbench.tracking.contract import EXPERIMENT
from hierbench.tracking.location import Location, redacted

__all__ = ["Store", "connect", "open_store", "quiet", "store_errors"]

CONNECT_SECONDS = 5.0
UI_KIND = {"mlflow.experimentKind": "custom_model_development"}
"""Without it the MLflow UI opens on its pages for language models."""

PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "mssql": 1433}


@dataclass(frozen=True)
class Store:
    """An open store.

    Attributes
    ----------
    location : Location
        Where it is.
    client : MlflowClient
        Bound to its URI; nothing global is set.
    experiment_id : str
        Of our experiment.
    """

    location: Location
    client: MlflowClient
    experiment_id: str


def open_store(location: Location, *, create: bool = True) -> Store:
    """Return the store at `location`, made first where it is a file that does not exist.

    Parameters
    ----------
    create : bool
        False: a store that does not exist is an error, as for a verb that only reads.

    Raises
    ------
    StoreError
        If it cannot be reached or written, or its tables are of another MLflow version.
    """
    quiet()
    if location.file is None:
        with store_errors(location.uri):
            return _opened(location)
    if not create and not location.file.exists():
        raise StoreError(
            f"{location.file}: no runs are kept there; start a sweep first, or name the store "
            "with --store or MLFLOW_TRACKING_URI"
        )
    prepare_folder(location.file)
    # MLflow does not lock its first start: two would make the tables at once.
    lock = location.file.parent / f".{location.file.name}.lock"
    with waiting_for(lock), store_errors(location.uri):
        prepare_file(location.file)
        return _opened(location)


def connect(location: Location, experiment_id: str) -> Store:
    """Return a store that another process has opened; touches nothing."""
    quiet()
    return Store(location, MlflowClient(tracking_uri=location.uri), experiment_id)


def quiet() -> None:
    """Keep MLflow's own progress notes out of ours."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _opened(location: Location) -> Store:
    client = MlflowClient(tracking_uri=location.uri)
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return Store(location, client, found.experiment_id)
    if location.artifacts is not None:
        location.artifacts.mkdir(parents=True, exist_ok=True)
    root = location.artifacts.as_uri() if location.artifacts else None
    experiment_id = client.create_experiment(EXPERIMENT, artifact_location=root, tags=UI_KIND)
    return Store(location, client, experiment_id)


def prepare_folder(file: Path) -> None:
    """Make the folder of `file`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise not_writable(file, err.strerror) from err


def prepare_file(file: Path) -> None:
    """Make `file` a SQLite database in WAL mode, where readers do not block a writer."""
    try:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
    except sqlite3.Error as err:
        raise not_writable(file, str(err)) from err


def check_answers(uri: str) -> None:
    """Raise StoreError unless something listens at the host and port of `uri`, and speaks.

    MLflow itself would wait and try again for minutes.
    """
    parts = urlsplit(uri)
    scheme = parts.scheme.partition("+")[0]
    try:
        address = (parts.hostname or "localhost", parts.port or PORTS[scheme])
        socket.create_connection(address, timeout=CONNECT_SECONDS).close()
        if scheme in ("http", "https"):
            any_answer(uri)
    except (OSError, ValueError, MlflowException) as err:
        raise StoreError(
            f"tracking.uri={redacted(uri)}: no answer ({said(err, uri)}); start the server, or "
            "name another store with tracking.uri or MLFLOW_TRACKING_URI"
        ) from err


def any_answer(uri: str) -> None:
    """Raise MlflowException unless a server sends something back soon, an error for all we care."""
    request: Any = http_request  # has no types, nor has the next
    credentials: Any = get_default_host_creds
    request(
        credentials(uri),
        "/health",
        "GET",
        timeout=CONNECT_SECONDS,
        max_retries=0,
        raise_on_status=False,
    )


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn what MLflow, its HTTP client or the disk raises into one sentence, and soon."""
    if not uri.startswith("sqlite"):
        check_answers(uri)
    try:
        yield
    except (MlflowException, CommandError, OSError) as err:
        raise StoreError(
            f"tracking.uri={redacted(uri)}: {said(err, uri)}; check that it is an MLflow store of "
            "this version and can be written, or name another"
        ) from err


def said(err: Exception, uri: str) -> str:
    """Return the first line of another library's error, without the credentials in `uri`."""
    first = (str(err).strip() or type(err).__name__).splitlines()[0].rstrip(".")
    credentials, at, _ = urlsplit(uri).netloc.rpartition("@")
    return first.replace(f"{credentials}@", "***@") if at and credentials else first


def not_writable(file: Path, reason: str | None) -> StoreError:
    """Return the error for a SQLite file or folder that cannot be written."""
    return StoreError(
        f"{file}: cannot be written ({reason}); choose a folder that can, with "
        "tracking.uri=sqlite:///PATH/mlflow.db"
    )
