"""Opening a store: once, checked, with its tables and our experiment in place."""

import logging
import os
import shlex
import shutil
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
from requests import HTTPError
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from hierbench.disk import trouble
from hierbench.errors import StoreError
from hierbench.locks import waiting_for
from hierbench.shown import redacted, redacted_uri, secrets_in
from hierbench.tracking.contract import EXPERIMENT
from hierbench.tracking.database import one_at_a_time
from hierbench.tracking.first_start import make_tables
from hierbench.tracking.location import Location

__all__ = [
    "DELETED",
    "Refused",
    "Store",
    "check_experiment",
    "check_writing",
    "connect",
    "not_writable",
    "open_store",
    "quiet",
    "restoring",
    "store_errors",
]

DELETED = "deleted"
CONNECT_SECONDS = 5.0
UI_KIND = {"mlflow.experimentKind": "custom_model_development"}
"""Without it the MLflow UI opens on its pages for language models."""

PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "mssql": 1433}

OF_ALL = {401, 403, 407, 408, 429}
"""HTTP's client errors that do not depend on what was asked."""


class Refused(StoreError):
    """The store answers, and will not take this run however often it is sent."""


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
    copy_uri : str
        Of the private copy that is read in place of the store; empty: the store itself is.
    """

    location: Location
    client: MlflowClient
    experiment_id: str
    copy_uri: str = ""


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
        with store_errors(location.uri), one_at_a_time(location.uri):
            return _opened(location)
    if not create and not os.path.exists(location.file):
        raise StoreError(
            f"{location.file}: no runs are kept there; start a sweep first, or name the store "
            "with --store or MLFLOW_TRACKING_URI"
        )
    prepare_folder(location.file)
    # MLflow does not lock its first start: two would make the tables at once.
    lock = location.file.parent / f".{location.file.name}.lock"
    try:
        with waiting_for(lock), store_errors(location.uri):
            prepare_file(location.file)
            return _opened(location)
    except OSError as err:  # of the lock; any other is a sentence by now
        raise not_writable(location.file, err.strerror) from err


def connect(location: Location, experiment_id: str) -> Store:
    """Return a store that another process has opened; touches nothing."""
    quiet()
    return Store(location, MlflowClient(tracking_uri=location.uri), experiment_id)


def quiet() -> None:
    """Keep MLflow's own progress notes out of ours."""
    # At a lower level it prints the traceback of every error that becomes a sentence here.
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _opened(location: Location) -> Store:
    client = MlflowClient(tracking_uri=location.uri)
    found = check_experiment(location, client)
    if found is not None:
        return Store(location, client, found)
    if location.artifacts is not None:
        location.artifacts.mkdir(parents=True, exist_ok=True)
    root = location.artifacts.as_uri() if location.artifacts else None
    experiment_id = client.create_experiment(EXPERIMENT, artifact_location=root, tags=UI_KIND)
    return Store(location, client, experiment_id)


def check_experiment(location: Location, client: MlflowClient) -> str | None:
    """Return the id of our experiment, None where there is none yet.

    Raises
    ------
    StoreError
        If it was deleted: MLflow keeps its name, and takes no runs for it.
    """
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        return None
    if found.lifecycle_stage == DELETED:
        command = restoring(location, "experiments", f"--experiment-id {found.experiment_id}")
        raise StoreError(
            f"tracking.uri={redacted_uri(location.uri)}: its experiment {EXPERIMENT} was deleted "
            f"and takes no runs; restore it with `{command}`, or name another store"
        )
    return str(found.experiment_id)


def restoring(location: Location, kind: str, named: str) -> str:
    """Return the command line that restores what was deleted of a store."""
    uri = shlex.quote(redacted_uri(location.uri))
    return f"MLFLOW_TRACKING_URI={uri} mlflow {kind} restore {named}"


def prepare_folder(file: Path) -> None:
    """Make the folder of `file`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise not_writable(file, err.strerror) from err


def prepare_file(file: Path) -> None:
    """Make `file` a SQLite database in WAL mode, where readers do not block a writer."""
    try:
        make_tables(file)
    except (OSError, sqlite3.Error) as err:
        raise not_writable(file, str(getattr(err, "strerror", None) or err)) from err
    check_writing(file, "PRAGMA journal_mode=WAL")


def check_writing(file: Path, first: str = "SELECT 1") -> None:
    """Raise StoreError unless the database can be written now; run the statement `first`."""
    try:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            connection.execute(first).fetchone()
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
    if scheme not in ("http", "https") and not parts.hostname:
        return  # a socket in a folder that the driver knows; connecting says whether it answers
    try:
        address = (parts.hostname or "localhost", parts.port or PORTS[scheme])
        socket.create_connection(address, timeout=CONNECT_SECONDS).close()
        if scheme in ("http", "https"):
            any_answer(uri)
    except (OSError, ValueError, MlflowException) as err:
        raise StoreError(
            f"tracking.uri={redacted_uri(uri)}: no answer ({said(err, uri)}); start the server, or "
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
    # ImportError: a client that MLflow needs for an address that the store names.
    except (
        MlflowException,
        CommandError,
        OSError,
        SQLAlchemyError,
        sqlite3.Error,
        ImportError,
    ) as err:
        kind = Refused if is_refusal(err) else StoreError
        ails = trouble(err)
        advice = (
            f"{ails}: free or mend it, or name another store"
            if ails
            else "check that it is an MLflow store of this version, whole, and can be written, or "
            "name another"
        )
        raise kind(f"tracking.uri={redacted_uri(uri)}: {said(err, uri)}; {advice}") from err


def is_refusal(error: Exception) -> bool:
    """Return whether a store that works said no to what was sent."""
    if isinstance(error.__cause__, SQLAlchemyError):
        return isinstance(error.__cause__, DataError | IntegrityError)
    status = 0
    if isinstance(error, MlflowException):
        code_of: Any = error.get_http_status_code  # has no types
        status = code_of()
    elif isinstance(error, HTTPError) and error.response is not None:
        status = error.response.status_code
    return 400 <= status < 500 and status not in OF_ALL


def said(err: Exception, uri: str) -> str:
    """Return the first line of another library's error, without the credentials in `uri`."""
    if isinstance(err, shutil.Error) and err.args and isinstance(err.args[0], list):
        err = OSError(err.args[0][0][-1])  # of many files: what ails the first
    first = (str(err).strip() or type(err).__name__).splitlines()[0].rstrip(".")
    return redacted(first, *secrets_in((uri,)), *secrets_in(os.environ))


def not_writable(file: Path, reason: str | None) -> StoreError:
    """Return the error for a SQLite file or folder that cannot be written."""
    if reason and "locked" in reason:
        return StoreError(f"{file}: {reason} by another program; end that, or wait and try again")
    return StoreError(
        f"{file}: cannot be written ({reason}); choose a folder that can, with "
        "tracking.uri=sqlite:///PATH/mlflow.db"
    )
