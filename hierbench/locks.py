"""Locks between processes of one machine; the kernel frees those of a process that dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["held", "waiting_for"]


def held(file: Path) -> bool:
    """Take the lock `file` until this process ends; False when another process has it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    return True


@contextmanager
def waiting_for(file: Path) -> Iterator[None]:
    """Hold the lock `file`, after whoever has it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
