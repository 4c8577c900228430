"""Disks that are full or read-only: real ones, where this user may mount, and planted ones."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
WRITES = {"open": 0, "os.mkdir": 0, "os.rename": 1, "os.truncate": 0}
"""Python's audit events of writes, and which argument is the path that is written."""


class FullFrom:
    """Lets every write below a folder fail from the k-th on, while it is switched on.

    Python tells of its own files alone, before they are opened: what libraries write themselves
    (SQLite, HDF5, Arrow) takes a real disk.
    """

    def __init__(self) -> None:
        self.folder, self.left, self.count = "", 0, 0
        sys.addaudithook(self.hear)  # it stays until the process ends

    def hear(self, event: str, arguments: tuple) -> None:
        """Count a write, or refuse it."""
        if not self.folder or event not in WRITES:
            return
        path = arguments[WRITES[event]]
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITING):
            return
        if not isinstance(path, str | os.PathLike) or not os.fspath(path).startswith(self.folder):
            return
        self.count += 1
        if self.count > self.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))

    @contextmanager
    def after(self, writes: int, folder: Path) -> Iterator[None]:
        """Let `writes` of them pass."""
        self.left, self.count, self.folder = writes, 0, str(folder)
        try:
            yield
        finally:
            self.folder = ""


def mount(*words: str) -> None:
    """Run mount, or skip the test with its reason."""
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[None]:
    """Mount a disk of `kib` KiB at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root may mount a disk")
    mount("-t", "tmpfs", "-o", f"size={kib}k", "hierbench-test", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def resize(folder: Path, kib: int) -> None:
    """Give the disk at `folder` another size."""
    mount("-o", f"remount,size={kib}k", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make all below `folder` read-only, for root too."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root may mount a disk read-only")
    mount("--bind", str(folder), str(folder))
    try:
        mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        with suppress(OSError):
            os.sync()
        subprocess.run(["umount", "-l", str(folder)], check=True)
