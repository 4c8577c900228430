"""Where a store is: its URI, and the local folders that belong to it; touches nothing."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hierbench.errors import StoreError
from hierbench.shown import printable, redacted_uri

__all__ = ["SQLITE", "Location", "beside", "locate"]

SCHEMES = ("sqlite", "http", "https", "postgresql", "mysql", "mssql")
SQLITE = "sqlite:///"
SQLITE_DRIVER = "sqlite+pysqlite:///"
TIMEOUT = re.compile(r"timeout=[0-9]{1,6}(\.[0-9]{1,6})?")


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
        If the URI is of a kind that MLflow does not write runs to, or cannot be parsed.
    """
    named = uri or os.environ.get("MLFLOW_TRACKING_URI")
    if not named:
        return beside((folder / "runs" / "mlflow.db").resolve(), {})
    if not named.isprintable():
        raise no_address(named, "has characters that cannot be printed")
    try:
        scheme = urlsplit(named).scheme
    except ValueError as err:
        raise no_address(named, str(err)) from err
    kind = scheme.partition("+")[0]
    if kind not in SCHEMES:
        raise no_address(named, "no address of a store")
    if kind == "sqlite":
        return beside(*file_of(named, folder))
    local = folder.resolve() / "runs"
    on_server = kind in ("http", "https")
    return Location(named, None, None if on_server else local / "artifacts", local / "sweeps")


def beside(file: Path, query: Mapping[str, str]) -> Location:
    """Return the store in the SQLite `file`, whose folders lie beside it."""
    folder = file.parent
    return Location(sqlite_uri(file, query), file, folder / "artifacts", folder / "sweeps")


def sqlite_uri(file: Path, query: Mapping[str, str]) -> str:
    """Return the URI of a SQLite file, whatever characters its path has.

    Raises
    ------
    StoreError
        If the path is no text in UTF-8: no URI holds it.
    """
    from sqlalchemy.engine import URL, make_url

    try:
        str(file).encode()
        text = URL.create("sqlite", database=str(file), query=query).render_as_string()
        if "%" in text:
            # MLflow makes the folder of what follows sqlite:/// as it stands, %20 and all.
            text = f"{SQLITE_DRIVER}{text.removeprefix(SQLITE)}"
        if make_url(text).database != str(file):
            raise ValueError
    except ValueError as err:
        raise StoreError(
            f"{printable(str(file))}: a path that no URI can hold; choose a folder whose name is "
            "UTF-8 text, with tracking.uri=sqlite:///PATH/mlflow.db"
        ) from err
    return text


def file_of(uri: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """Return the file that a SQLite `uri` names, and the options behind its question mark.

    Raises
    ------
    StoreError
        If the URI names no file, or has an option other than a timeout.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(uri)
        host = url.host or url.username or url.password or url.port
    except (ArgumentError, ValueError) as err:
        raise no_address(uri, "no SQLAlchemy URL") from err
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise no_address(uri, f"the driver {url.drivername} is not supported")
    if host:
        raise no_address(uri, "a file has no host; three slashes stand before its path")
    database = url.database or ""
    if database in ("", ":memory:") or database.startswith("file:") or "\0" in database:
        raise no_address(uri, "names no file; a store is kept in one")
    return (folder / database).resolve(), options_of(uri)


def options_of(uri: str) -> dict[str, str]:
    """Return the options of a SQLite `uri`: a timeout in seconds, or none.

    Raises
    ------
    StoreError
        For any other; SQLite would pass over it in silence, or MLflow would fail later.
    """
    _, mark, options = uri.partition("?")
    if not mark:
        return {}
    if not TIMEOUT.fullmatch(options):
        raise no_address(
            uri, "behind ? only timeout=SECONDS is allowed; write a ? of the path as %3F"
        )
    return {"timeout": options.partition("=")[2]}


def no_address(uri: str, reason: str) -> StoreError:
    """Return the error for a `uri` that names no store."""
    return StoreError(
        f"{printable(redacted_uri(uri))}: {reason}; known are {', '.join(SCHEMES)}; "
        "give sqlite:///PATH/mlflow.db for a local file, with --store or tracking.uri"
    )
