"""What this user has run on this machine: the models' files by hash, in a folder of the user's.

A store may name any file that the user can read. So whatever is read back from one is imported
only where this registry, or the user now, says where it lies.
"""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hierbench.disk import write_whole
from hierbench.environment import user_folder
from hierbench.models.snapshot import Snapshot

__all__ = [
    "Remembered",
    "has_passed",
    "has_run",
    "registry_folder",
    "remember",
    "remember_passed",
    "remembered",
]

HASH_DIGITS = 64
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Remembered:
    """A model that was run here.

    Attributes
    ----------
    name : str
        The model's.
    path : str
        Where its file lay, absolute.
    package : str
        That an installed module belongs to; empty for a file of the user's.
    sha256, syntax_sha256 : str
        Of all its files' bytes, and of their syntax.
    definitions : mapping of str to str
        Hash of each of its names.
    """

    name: str
    path: str
    package: str
    sha256: str
    syntax_sha256: str
    definitions: Mapping[str, str] = field(default_factory=dict)


def registry_folder() -> Path | None:
    """Return where models are remembered; None for a user without a home."""
    own = user_folder("XDG_STATE_HOME", ".local/state")
    return None if own is None else own / "hierbench" / "models"


def remember(snapshot: Snapshot) -> None:
    """Remember a model that the user runs now; where nothing can be written, nothing is."""
    folder = registry_folder()
    if folder is None:
        return
    one = Remembered(
        snapshot.name,
        str(snapshot.path),
        snapshot.package,
        snapshot.sha256,
        snapshot.syntax_sha256,
        dict(snapshot.definitions),
    )
    text = json.dumps(asdict(one), indent=1)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in {one.sha256, one.syntax_sha256}:
            write_whole(folder / f"{name}.json", text)


def remembered(digest: str) -> Remembered | None:
    """Return the model whose files or their syntax have that hash, None where none was run here."""
    folder = registry_folder()
    if folder is None or not is_hash(digest) or not is_private(folder):
        return None
    file = folder / f"{digest}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        if file.stat().st_size <= LARGEST_BYTES:
            content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            found = Remembered(**content)
            return found if digest in (found.sha256, found.syntax_sha256) else None
    return None


def has_run(sha256: str) -> bool:
    """Return whether this user has run files of just these bytes on this machine."""
    found = remembered(sha256)
    return found is not None and found.sha256 == sha256


def is_hash(text: str) -> bool:
    """Return whether `text` is what sha256 gives."""
    return len(text) == HASH_DIGITS and not set(text) - set("0123456789abcdef")


def is_private(folder: Path) -> bool:
    """Return whether the folder is the user's and nobody else can write into it."""
    try:
        found = os.stat(folder)
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def remember_passed(key: str) -> None:
    """Remember that the checks which `key` stands for found nothing."""
    folder = registry_folder()
    if folder is not None:
        with suppress(OSError):
            place = folder.parent / "checked"
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            (place / key).touch()


def has_passed(key: str) -> bool:
    """Return whether the checks which `key` stands for found nothing before."""
    folder = registry_folder()
    if folder is None or not is_hash(key) or not is_private(folder.parent / "checked"):
        return False
    return (folder.parent / "checked" / key).is_file()
