"""Where a store is: its URI, and the local folders that belong to it; touches nothing."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from hierbench.errors import StoreError

__all__ = ["SQLITE", "Location", "locate", "redacted"]

SCHEMES = ("sqlite", "http", "https", "postgresql", "mysql", "mssql")
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Location:
    """Where runs go.

    Attributes
    ----------
    uri : str
        For MLflow; paths in it are absolute.
    file : Path or None
        The SQLite file.
    artifacts : Path or None
        Folder of the artifacts; None where a server keeps them.
    sweeps : Path
        Folder of what is not sent yet, always local.
    """

    uri: str
    file: Path | None
    artifacts: Path | None
    sweeps: Path


def locate(uri: str | None, folder: Path) -> Location:
    """Return the store named by `uri`, else by MLFLOW_TRACKING_URI, else ``runs/`` in `folder`.

    Raises
    ------
    StoreError
        If the URI is of a kind that MLflow does not write runs to.
    """
    named = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}runs/mlflow.db"
    scheme = urlsplit(named).scheme.partition("+")[0]
    if scheme not in SCHEMES:
        raise StoreError(
            f"{redacted(named)}: no address of a store; known are {', '.join(SCHEMES)}; "
            "give sqlite:///PATH/mlflow.db for a local file, with --store or tracking.uri"
        )
    if scheme == "sqlite":
        file = (folder / named.removeprefix(SQLITE)).resolve()
        beside = file.parent
        return Location(f"{SQLITE}{file}", file, beside / "artifacts", beside / "sweeps")
    local = folder.resolve() / "runs"
    on_server = scheme in ("http", "https")
    return Location(named, None, None if on_server else local / "artifacts", local / "sweeps")


def redacted(uri: str) -> str:
    """Return `uri` without user and password.

    >>> redacted("postgresql://me:secret@host:5432/db")
    'postgresql://***@host:5432/db'
    """
    parts = urlsplit(uri)
    credentials, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"***@{host}")) if at and credentials else uri
