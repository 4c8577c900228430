"""Locks between processes of one machine; the kernel frees those of a process that dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["held", "holder", "released", "waiting_for"]

LOCKS = Path("/proc/locks")

_ours: dict[Path, int] = {}
"""File descriptors of the locks that this process has taken and not released."""


def held(file: Path) -> bool:
    """Take the lock `file` until `released` or the process's end; False when another has it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _ours[file] = lock
    return True


def released(file: Path) -> None:
    """Release the lock `file` if this process has it."""
    lock = _ours.pop(file, None)
    if lock is not None:
        os.close(lock)


def holder(file: Path) -> int | None:
    """Return the process id of whoever has the lock `file`, None where the system tells none."""
    with suppress(OSError, ValueError, IndexError):
        found = file.stat()
        device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        for line in LOCKS.read_text().splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5] == device and int(words[4]) > 0:
                return int(words[4])
    return None


@contextmanager
def waiting_for(file: Path) -> Iterator[None]:
    """Hold the lock `file`, after whoever has it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
