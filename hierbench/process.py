"""Which process this is, what it takes, whether another still lives; knows the system only."""

import os
import resource
import socket
from dataclasses import dataclass
from pathlib import Path
from time import process_time

__all__ = ["ProcessIdentity", "cores_of_workers", "cpu_seconds", "resident_mib", "this_process"]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
START_FIELD = 19  # of /proc/PID/stat behind the command's closing bracket: start in clock ticks


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, told from every other that had its id before or will have it after.

    Attributes
    ----------
    host, boot_id : str
        The machine, and its start.
    pid : int
        Process id.
    start_ticks : int
        When the process started, in clock ticks since the machine's start.
    """

    host: str
    boot_id: str
    pid: int
    start_ticks: int

    def __str__(self) -> str:
        """Return the identity as one word, which `parse` reads."""
        return f"{self.host}/{self.boot_id}/{self.pid}/{self.start_ticks}"

    @classmethod
    def parse(cls, text: str) -> "ProcessIdentity":
        """Return the identity that `str` wrote.

        Raises
        ------
        ValueError
            If `text` is none.
        """
        host, boot_id, pid, start_ticks = text.rsplit("/", 3)
        return cls(host, boot_id, int(pid), int(start_ticks))

    def is_gone(self) -> bool:
        """Return whether this process is known to have ended; of another host nothing is known."""
        if self.host != socket.gethostname():
            return False
        return self.boot_id != boot_id() or start_ticks(self.pid) != self.start_ticks


def this_process() -> ProcessIdentity:
    """Return the identity of the running process."""
    pid = os.getpid()
    return ProcessIdentity(socket.gethostname(), boot_id(), pid, start_ticks(pid) or 0)


def boot_id() -> str:
    """Return the kernel's name for this start of the machine."""
    return BOOT_ID.read_text().strip()


def start_ticks(pid: int) -> int | None:
    """Return when process `pid` started, None when there is none or it only awaits its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[START_FIELD])


def resident_mib(pid: int) -> float:
    """Return the resident memory of process `pid` [MiB], 0 when there is none."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, all its threads, and its children that ended.

    Microseconds count, where `os.times` counts in hundredths of a second.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + ended.ru_utime + ended.ru_stime


def cores_of_workers(workers: int) -> list[list[int]]:
    """Return disjoint, equal shares of this process's cores; workers beyond the cores share."""
    cores = sorted(os.sched_getaffinity(0))
    share = max(1, len(cores) // workers)
    return [
        [cores[(worker * share + core) % len(cores)] for core in range(share)]
        for worker in range(workers)
    ]
