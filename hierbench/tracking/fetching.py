"""The one door for a run's files out of a store that is not trusted.

Only files of known names come through, each into one folder and below a size: the store is asked
for the size first, and reading stops at the bound, whatever the store said.
"""

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mlflow.entities import FileInfo
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.request_utils import augmented_raise_for_status
from mlflow.utils.rest_utils import http_request

from hierbench.errors import StoreError
from hierbench.shown import printable, redacted_uri
from hierbench.tracking.contract import (
    COMPARISON,
    CONFIG,
    PARAMETERS,
    PLAN,
    POSTERIOR,
    PREDICTIVE,
    PROVENANCE,
    TRACEBACK,
)
from hierbench.tracking.moved import files_here
from hierbench.tracking.store import Store, store_errors

__all__ = ["MAX_BYTES", "AtHand", "fetched", "held_at_hand", "kept_here", "list_files", "way"]

MAX_BYTES = {
    CONFIG: 2**18,
    PROVENANCE: 2**22,
    PARAMETERS: 2**26,
    PREDICTIVE: 2**20,
    COMPARISON: 2**28,
    PLAN: 2**26,
    POSTERIOR: 2**32,
    TRACEBACK: 2**20,
}
NOT_REPRODUCED = "the run can be shown but not reproduced"
WAYS = {
    PLAN: "the sweep's cells can be shown and compared; start a new sweep for more",
    CONFIG: NOT_REPRODUCED,
    PROVENANCE: NOT_REPRODUCED,
    POSTERIOR: NOT_REPRODUCED,
}
BYTES_PER_MIB = 2**20
CHUNK = 2**20
LOCAL = ("", "file")
DEEPEST = 8
MOST_FILES = 10_000

type AtHand = Mapping[str, Path]
"""Folders with runs' files that this machine has not dropped yet, by run id."""


def fetched(store: Store, run_id: str, name: str, folder: Path) -> Path:
    """Copy the file `name` of a run into `folder`, below its size, following no link.

    Raises
    ------
    StoreError
        If it is gone, too large, no regular file, or kept where hierbench does not read.
    """
    root = root_of(store, run_id)
    if is_local(root):
        refuse_link(root, name, run_id)
    with store_errors(store.location.uri):
        found = {item.path: item for item in listed(store, run_id, root, None)}
    if name not in found or found[name].is_dir:
        raise StoreError(f"{run_id}: its {name} is gone; {way(name)}")
    refuse_size(found[name].file_size or 0, name, run_id)
    with store_errors(store.location.uri):
        chunks = read_here(root, name) if is_local(root) else read_there(root, name)
        return copied(chunks, folder / name, name, run_id)


def list_files(store: Store, run_id: str) -> list[str]:
    """Return the paths of a run's artifacts, sorted.

    Raises
    ------
    StoreError
        If there are more than a run can have, or they are kept where hierbench does not read.
    """
    root = root_of(store, run_id)

    def walk(folder: str | None, depth: int) -> Iterator[str]:
        for item in listed(store, run_id, root, folder):
            if not item.is_dir:
                yield item.path
            elif depth < DEEPEST:
                yield from walk(item.path, depth + 1)

    found = []
    with store_errors(store.location.uri):
        for path in walk(None, 1):
            found.append(path)
            if len(found) > MOST_FILES:
                raise StoreError(
                    f"{run_id}: more than {MOST_FILES} files, and a run of hierbench has a few; "
                    "see them in the MLflow UI: hierbench ui"
                )
    return sorted(found)


def listed(store: Store, run_id: str, root: str, folder: str | None) -> list[FileInfo]:
    """Return what lies in a folder of a run: on this machine, else as the server lists it."""
    if is_local(root):
        local: Any = LocalArtifactRepository(root)
        return list(local.list_artifacts(folder))
    try:
        return list(store.client.list_artifacts(run_id, folder))
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise StoreError(
            f"{run_id}: the store does not say which files it has "
            f"({type(err).__name__} in its answer); check that it is an MLflow server"
        ) from err


def root_of(store: Store, run_id: str) -> str:
    """Return the address of a run's artifacts: a local folder, or one of the store's own server.

    Raises
    ------
    StoreError
        If it is another: what a store names is not asked for with this user's credentials.
    """
    moved = files_here(store, run_id)
    if moved:
        return str(moved.artifact_uri)
    with store_errors(store.location.uri):
        root = str(store.client.get_run(run_id).info.artifact_uri or "")
    parts, here = urlsplit(root), urlsplit(store.location.uri)
    if parts.scheme in LOCAL and folder_of(root).is_absolute():
        return root
    on_server = here.scheme in ("http", "https")
    if on_server and parts.scheme == "mlflow-artifacts" and parts.netloc in ("", here.netloc):
        resolve: Any = MlflowArtifactsRepository.resolve_uri  # has no types
        return str(resolve(root, store.location.uri))
    if on_server and (parts.scheme, parts.netloc) == (here.scheme, here.netloc):
        return root
    shown = printable(redacted_uri(root))
    raise StoreError(
        f"{run_id}: its files are kept at {shown[:80]}; hierbench reads local folders and the "
        "store's own server: start that with --serve-artifacts"
    )


def is_local(root: str) -> bool:
    """Return whether the address is a folder of this machine."""
    return urlsplit(root).scheme in LOCAL


def folder_of(root: str) -> Path:
    """Return the folder of a local address."""
    return Path(unquote(urlsplit(root).path))


def read_here(root: str, name: str) -> Iterator[bytes]:
    """Yield the bytes of a local file, following no link and waiting for no pipe."""
    path = folder_of(root) / name
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise StoreError(f"{path}: no regular file; nothing was read")
        while chunk := file.read(CHUNK):
            yield chunk


def read_there(root: str, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file of the store's server, as they come."""
    ask: Any = http_request  # has no types, nor have the next
    credentials: Any = get_default_host_creds
    refuse_failure: Any = augmented_raise_for_status
    with closing(ask(credentials(root), posixpath.join("/", name), "GET", stream=True)) as answer:
        refuse_failure(answer)
        yield from answer.iter_content(CHUNK)


def copied(chunks: Iterable[bytes], path: Path, name: str, run_id: str) -> Path:
    """Write `chunks` to `path`, as far as a file `name` may reach."""
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            refuse_size(size, name, run_id)
            file.write(chunk)
    return path


def held_at_hand(at_hand: AtHand | None, run_id: str, name: str) -> Path | None:
    """Return the file `name` of a run from `at_hand`, None where it is not there.

    The folders of a sweep lie beside its store and may come with it, so nothing is followed and
    the size is bounded here too.

    Raises
    ------
    StoreError
        If it is too large.
    """
    if at_hand is None or run_id not in at_hand:
        return None
    path = at_hand[run_id] / name
    if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
        return None
    refuse_size(path.stat().st_size, name, run_id)
    return path


def kept_here(store: Store, run_id: str, name: str) -> Path | None:
    """Return the file `name` of a run where this machine has it, None where it has not.

    To be read in place: MLflow asks its database four times for each file that it copies.
    """
    if store.location.artifacts is None or not run_id.isalnum():
        return None
    folder = store.location.artifacts / run_id / "artifacts"
    refuse_link(folder.as_uri(), name, run_id)
    if not (folder / name).is_file():
        return None
    refuse_size((folder / name).stat().st_size, name, run_id)
    return folder / name


def refuse_size(size: int, name: str, run_id: str) -> None:
    """Raise StoreError for a file larger than any of its name may be."""
    if size > MAX_BYTES[name]:
        raise StoreError(
            f"{run_id}: its {name} has {size / BYTES_PER_MIB:.1f} MiB, over the "
            f"{MAX_BYTES[name] / BYTES_PER_MIB:g} allowed; it is not read"
        )


def refuse_link(root: str, name: str, run_id: str) -> None:
    """Raise StoreError where a local artifact, or the folder of its run, is a symbolic link."""
    folder = folder_of(root)
    for path in (folder.parent, folder, folder / name):
        if path.is_symlink():
            raise StoreError(f"{run_id}: {path} is a symbolic link; nothing was read")
    if (folder / name).exists() and not (folder / name).is_file():
        raise StoreError(f"{run_id}: its {name} is no regular file; nothing was read")


def way(name: str) -> str:
    """Return what is left to a user who lacks the file `name` of a run."""
    return WAYS.get(name, "the run's other files are in the MLflow UI: hierbench ui")
