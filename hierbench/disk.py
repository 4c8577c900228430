"""Files written whole or not at all, and what ails a disk in words; knows the system only."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["PARTIAL", "drop_partial", "trouble", "whole", "write_whole"]

PARTIAL = ".partial-"
"""Begins the name of what is not whole yet."""

TROUBLES = {
    errno.ENOSPC: "disk full",
    errno.EDQUOT: "disk quota used up",
    errno.EROFS: "read-only disk",
    errno.EIO: "disk error",
}
PHRASES = {
    os.strerror(errno.ENOSPC): "disk full",
    "database or disk is full": "disk full",
    os.strerror(errno.EDQUOT): "disk quota used up",
    os.strerror(errno.EROFS): "read-only disk",
    "attempt to write a readonly database": "read-only disk",
    "disk I/O error": "disk error",
}
"""What libraries say that do not hand on the number of the error; SQLite's own words too."""


def trouble(error: BaseException) -> str:
    """Return what ails the disk in two words; empty when `error` is about something else.

    >>> trouble(OSError(28, "No space left on device")), trouble(ValueError("no"))
    ('disk full', '')
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in TROUBLES:
        return TROUBLES[number]
    text = str(error)
    return next((words for phrase, words in PHRASES.items() if phrase in text), "")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` for a file or folder; it becomes `path` when all went well.

    Otherwise it is removed, and what was at `path` before stays.
    """
    partial = path.with_name(f"{PARTIAL}{path.name}")
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        remove(partial)
        raise


def write_whole(path: Path, content: str | bytes | memoryview) -> None:
    """Write `content` to `path`, whole or not at all."""
    with whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def drop_partial(folder: Path) -> None:
    """Remove what `whole` gave anywhere below `folder` and a killed process left there."""
    for path in list(folder.rglob(f"{PARTIAL}*")):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
