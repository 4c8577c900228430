"""Other cells that are sampled on the same cores at the same time, on this machine.

A sampling window is a file of one folder for as long as it lasts: its process on the first
line, its cores on the second. Whoever comes later onto one of those cores adds a line, so that
both know. Foreign CPU would miss a short meeting; this does not.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns

from hierbench.process import ProcessIdentity, this_process
from hierbench.scratch import common_folder

__all__ = ["Seat", "living", "meeting_place", "take_seat"]


@dataclass(frozen=True)
class Seat:
    """One window's file, and whom it met when it came.

    Attributes
    ----------
    met : tuple of str
        Process ids.
    lock : int
        Descriptor of the file, whose lock says to other containers that the window lasts.
    """

    file: Path
    met: tuple[str, ...]
    lock: int

    def leave(self) -> tuple[str, ...]:
        """Remove the file; return the process ids of all cells that shared a core with this one.

        Raises
        ------
        OSError
            If somebody else has removed it: who came is not known then.
        """
        os.close(self.lock)
        came = self.file.read_text().splitlines()[2:]
        self.file.unlink()
        return tuple(dict.fromkeys([*self.met, *came]))


def meeting_place() -> Path:
    """Return the folder of this user's windows on this machine."""
    return common_folder() / f"hierbench-{os.getuid()}"


def take_seat(folder: Path, cores: tuple[int, ...]) -> Seat:
    """Let the other cells of this machine know of a window on `cores`.

    Raises
    ------
    OSError
        If `folder` cannot be made or written.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{os.getpid()}-{perf_counter_ns()}.window"
    text = f"{this_process()}\n{' '.join(map(str, cores))}\n"
    partial = file.with_suffix(".partial")
    partial.write_text(text)
    lock = os.open(partial, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_EX)
    partial.rename(file)
    try:
        met = [
            greeted(other, pid)
            for other, (pid, taken) in living(folder).items()
            if other != file and taken & set(cores)
        ]
    except OSError:
        os.close(lock)
        file.unlink(missing_ok=True)  # or it would disturb others for as long as this process lives
        raise
    return Seat(file, tuple(pid for pid in met if pid), lock)


def living(folder: Path) -> dict[Path, tuple[str, set[int]]]:
    """Return process id and cores of each window by its file; remove those of dead processes."""
    found = {}
    for file in folder.glob("*.window"):
        try:
            identity, cores = file.read_text().splitlines()[:2]
            process = ProcessIdentity.parse(identity)
            if process.is_gone() or (process.is_elsewhere() and not is_locked(file)):
                file.unlink()
            else:
                found[file] = (str(process.pid), set(map(int, cores.split())))
        except (FileNotFoundError, ValueError):  # it has just ended, or is no window
            continue
    return found


def is_locked(file: Path) -> bool:
    """Return whether a process, in this container or another, has the lock of a window."""
    lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def greeted(other: Path, pid: str) -> str:
    """Add this process to the window `other` of process `pid`; return `pid`, "" when it ended."""
    try:
        file = os.open(other, os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        return ""
    try:
        os.write(file, f"{os.getpid()}\n".encode())
    finally:
        os.close(file)
    return pid
