"""The program's folder for temporary files and its semaphores; what a killed program left goes.

A program holds the lock in its folder as long as it lives, so whoever can take it knows that the
folder is nobody's any more.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import time

__all__ = ["clear_dead", "common_folder", "in_scratch", "use_scratch"]

PREFIX = "hierbench-tmp-"
LOCK = "lock"
SEMAPHORES = Path("/dev/shm")
COMMON = "HIERBENCH_TMPDIR"
SHORT = Path("/tmp")
LONGEST_SOCKET_FOLDER = 85  # of 103 bytes on macOS, 107 on Linux; "/listener-12345678" follows
LAST = -1000  # after multiprocessing has removed what is its own: that has -100
NEW_SECONDS = 60.0


def common_folder() -> Path:
    """Return the temporary folder that all programs of this user share."""
    return Path(os.environ.get(COMMON) or tempfile.gettempdir())


def use_scratch() -> Path | None:
    """Make a folder for the temporary files of this process and those that it starts; return it.

    The folder is removed when this process ends, by the next program if it is killed. Where none
    can be made, temporary files go where they went.
    """
    try:
        base = common_folder()
        clear_dead({base, SHORT})
        folder = made(base)
        sockets = folder if fits_socket(folder) else made(SHORT)
    except OSError:
        return None
    from multiprocessing import process, util  # here: verbs that only ask start without

    os.environ[COMMON] = str(base)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    settings = process.current_process()._config  # type: ignore[attr-defined]
    settings["semprefix"] = f"/{folder.name}"
    settings["tempdir"] = str(sockets)
    for place in {folder, sockets}:
        util.Finalize(None, shutil.rmtree, (place,), {"ignore_errors": True}, exitpriority=LAST)
    return folder


def in_scratch(folder: Path) -> bool:
    """Return whether `folder` lies in the folder of a program, living or dead."""
    return any(part.startswith(PREFIX) for part in folder.parts)


def fits_socket(folder: Path) -> bool:
    """Return whether the address of a socket in `folder` is short enough for the system."""
    return len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER


def made(base: Path) -> Path:
    """Return a new folder in `base` whose lock this process holds until it ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / LOCK).exists():  # else somebody cleared it before it was locked
            return folder
        os.close(lock)


def clear_dead(bases: Iterable[Path]) -> None:
    """Remove this user's folders whose program has ended, and its semaphores."""
    for base in bases:
        for folder in ours(base):
            with suppress(OSError):
                if is_dead(folder):
                    clear(folder)


def ours(base: Path) -> Iterator[Path]:
    """Give the folders in `base` that a program of this user made."""
    with suppress(OSError):
        for entry in os.scandir(base):
            if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                yield Path(entry.path)


def is_dead(folder: Path) -> bool:
    """Return whether the program that made `folder` has ended."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:  # killed as it made the folder, or about to lock it
        return time() - folder.stat().st_mtime > NEW_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def clear(folder: Path) -> None:
    """Remove `folder` and the semaphores that have its name."""
    for semaphore in SEMAPHORES.glob(f"sem.{folder.name}-*"):
        with suppress(OSError):
            semaphore.unlink()
    shutil.rmtree(folder, ignore_errors=True)
