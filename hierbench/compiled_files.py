"""Compiled functions in files: a folder of the user's alone, one writer per key, bounded in size.

A file holds machine code and pickles, so nothing is read from a folder or file that another user
owns or can write, and the checksum is compared before the content is used.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

__all__ = ["LARGEST_TOTAL", "LOCK", "CompiledFiles", "UnusableError"]

LARGEST_TOTAL = 1 << 30
"""Bytes that all files may take together; past it the files that were used longest ago go."""

FORMAT = b"hierbench compiled functions 1\n"
SUFFIX = ".compiled"
LOCK = ".lock"
UNFINISHED = ".new-"
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
LONGEST_WAIT = 600.0  # seconds; a compilation takes half a minute, on a busy machine a few
PAUSE = 0.05  # seconds between two looks at a lock
ABANDONED = 3600.0  # seconds after which an unfinished file belongs to nobody


class UnusableError(Exception):
    """A folder or file cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class CompiledFiles:
    """The files of compiled functions in `folder`, one per key."""

    folder: Path
    largest_total: int = LARGEST_TOTAL

    def read(self, key: str) -> bytes | None:
        """Return what was kept under `key`, None when nothing was.

        Raises
        ------
        UnusableError
            If the folder or the file is another user's, unreadable or damaged.
        """
        file = self._file(key)
        try:
            self._check_folder()
            content = own_content(file, self.largest_total)
            with suppress(OSError):
                os.utime(file)  # the time of last use, by which files are dropped
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableError(f"{file}: {words_of(error)}") from None
        head = header(key)
        checksum, payload = content[len(head) : len(head) + 32], content[len(head) + 32 :]
        if not content.startswith(head) or sha256(payload).digest() != checksum:
            raise UnusableError(f"{file} is damaged")
        return payload

    def write(self, key: str, payload: bytes) -> None:
        """Keep `payload` under `key`, and drop files used longest ago when there are too many.

        Raises
        ------
        UnusableError
            If the folder cannot be written or is another user's.
        """
        head = header(key)
        if len(head) + 32 + len(payload) > self.largest_total:
            return
        try:
            self._make_folder()
            self._replace(self._file(key), head + sha256(payload).digest() + payload)
            self._prune()
        except OSError as error:
            raise UnusableError(f"{self.folder}: {words_of(error)}") from None

    def drop(self, key: str) -> None:
        """Remove what was kept under `key`, if it can be removed."""
        with suppress(OSError):
            self._file(key).unlink()

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        """Hold the lock of `key`; others that ask for it wait, at most `LONGEST_WAIT` seconds.

        Where no lock can be had, as in a read-only folder, the block runs without.
        """
        lock = self._lock_file(key)
        if lock is None:
            yield
            return
        try:
            wait_for(lock)
            yield
        finally:
            os.close(lock)

    def sizes(self) -> list[int]:
        """Return the bytes of each file."""
        return [entry.bytes for entry in self._entries()]

    def problem(self) -> str:
        """Return why the folder is not used, in a sentence; empty where nothing is wrong."""
        try:
            self._check_folder()
        except UnusableError as error:
            return str(error)
        except OSError:  # none yet, or one that a finding of its own tells of
            return ""
        return ""

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _lock_file(self, key: str) -> int | None:
        """Open the lock of `key`: one of 256, which are never removed."""
        try:
            self._make_folder()
            name = self.folder / f"{sha256(key.encode()).hexdigest()[:2]}{LOCK}"
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
            return os.open(name, flags, 0o600)
        except (OSError, UnusableError):
            return None

    def _make_folder(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.folder.mkdir(mode=0o700)
        self._check_folder()

    def _check_folder(self) -> None:
        found = os.lstat(self.folder)
        if not stat.S_ISDIR(found.st_mode) or not is_ours_alone(found):
            raise UnusableError(
                f"{self.folder} is not a folder that only you can write; make it yours with mode "
                "700, or set XDG_CACHE_HOME to another place"
            )

    def _replace(self, file: Path, content: bytes) -> None:
        """Write `file` so that a reader finds the old content or the new, never a part."""
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=UNFINISHED)
        try:
            with open(descriptor, "wb") as new:
                new.write(content)
            os.replace(name, file)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def _prune(self) -> None:
        """Remove what was used longest ago, until the rest fits, and unfinished files."""
        total = 0
        for entry in sorted(self._entries(), key=lambda entry: -entry.used):
            total += entry.bytes
            if total > self.largest_total:
                with suppress(OSError):
                    entry.file.unlink()
        for unfinished in self.folder.glob(f"{UNFINISHED}*"):
            with suppress(OSError):
                if time.time() - unfinished.lstat().st_mtime > ABANDONED:
                    unfinished.unlink()

    def _entries(self) -> list["_Entry"]:
        found = []
        with suppress(OSError):
            for file in self.folder.glob(f"*{SUFFIX}"):
                with suppress(OSError):
                    told = file.lstat()
                    found.append(_Entry(file, told.st_size, told.st_mtime))
        return found


@dataclass(frozen=True)
class _Entry:
    """One file, its bytes and when it was last used."""

    file: Path
    bytes: int
    used: float


def header(key: str) -> bytes:
    """Return what the file of `key` begins with."""
    return FORMAT + key.encode() + b"\n"


def own_content(file: Path, most: int) -> bytes:
    """Return the content of a regular file that only its owner, who is this user, can write."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb") as opened:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not is_ours_alone(found):
            raise UnusableError(f"{file} is not a file that only you can write; remove it")
        if found.st_size > most:
            raise UnusableError(f"{file} is damaged")
        return opened.read()


def is_ours_alone(found: os.stat_result) -> bool:
    """Return whether this user owns it and nobody else can write it."""
    return found.st_uid == os.geteuid() and not found.st_mode & OTHERS_WRITE


def wait_for(lock: int) -> None:
    """Take an open lock, after whoever holds it; give up after `LONGEST_WAIT` seconds.

    Giving up costs a second compilation and nothing else: files are replaced whole.
    """
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        except OSError:  # a file system without locks
            return
        else:
            return


def words_of(error: OSError) -> str:
    """Return what went wrong in the system's words."""
    return error.strerror or str(error)
