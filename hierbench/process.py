"""Which process this is, what it takes, whether another still lives; knows the system only."""

import os
import resource
import socket
from dataclasses import dataclass
from pathlib import Path
from time import process_time

__all__ = ["ProcessIdentity", "cores_of_workers", "cpu_seconds", "resident_mib", "this_process"]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PID_NAMESPACE = Path("/proc/self/ns/pid")
START_FIELD = 19  # of /proc/PID/stat behind the command's closing bracket: start in clock ticks


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, told from every other that had its id before or will have it after.

    Attributes
    ----------
    host, boot_id : str
        The machine, and its start.
    pid : int
        Process id, as its PID namespace counts.
    start_ticks : int
        When the process started, in clock ticks since the machine's start.
    namespace : int or None
        The kernel's number of the PID namespace: each container has its own. None where it is not
        known, as in identities that were written before it was kept.
    """

    host: str
    boot_id: str
    pid: int
    start_ticks: int
    namespace: int | None = None

    def __str__(self) -> str:
        """Return the identity as one word, which `parse` reads."""
        pid = self.pid if self.namespace is None else f"{self.pid}@{self.namespace}"
        return f"{self.host}/{self.boot_id}/{pid}/{self.start_ticks}"

    @classmethod
    def parse(cls, text: str) -> "ProcessIdentity":
        """Return the identity that `str` wrote.

        Raises
        ------
        ValueError
            If `text` is none.
        """
        host, boot_id, pid, start_ticks = text.rsplit("/", 3)
        pid, at, namespace = pid.partition("@")
        return cls(host, boot_id, int(pid), int(start_ticks), int(namespace) if at else None)

    def is_elsewhere(self) -> bool:
        """Return whether this process runs, or ran, where this one cannot see it.

        That is on another host, or in another container of this one: containers of one machine
        share its boot id, may share the host name, and each counts process ids from 1.
        """
        if self.host != socket.gethostname():
            return True
        unknown = None in (self.namespace, here := pid_namespace())
        return self.boot_id == boot_id() and not unknown and self.namespace != here

    def is_gone(self) -> bool:
        """Return whether this process is known to have ended; elsewhere nothing is known."""
        if self.is_elsewhere():
            return False
        return self.boot_id != boot_id() or start_ticks(self.pid) != self.start_ticks


def this_process() -> ProcessIdentity:
    """Return the identity of the running process."""
    pid = os.getpid()
    return ProcessIdentity(
        socket.gethostname(), boot_id(), pid, start_ticks(pid) or 0, pid_namespace()
    )


def boot_id() -> str:
    """Return the kernel's name for this start of the machine."""
    return BOOT_ID.read_text().strip()


def pid_namespace() -> int | None:
    """Return the kernel's number of this process's PID namespace, None where it tells none."""
    try:
        return PID_NAMESPACE.stat().st_ino
    except OSError:
        return None


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
