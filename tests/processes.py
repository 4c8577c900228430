"""All that a program has started, whatever session or parent it has: told by a mark it inherits."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from tests.waiting import until

MARK = "HIERBENCH_TEST_MARK"
SEMAPHORES = "/dev/shm/sem."


def living(mark: str) -> list[int]:
    """Return the process ids of all that carry the mark, without those that only await a parent."""
    word = f"{MARK}={mark}".encode()
    return [
        int(place.name)
        for place in Path("/proc").glob("[0-9]*")
        if word in read(place / "environ").split(b"\0") and state(place) not in ("Z", "X", "")
    ]


def state(place: Path) -> str:
    """Return the letter of a process's state, nothing when there is none."""
    return (read(place / "stat").rpartition(b")")[2].split() or [b""])[0].decode()


def read(file: Path) -> bytes:
    """Return what a file of /proc holds, nothing when its process has ended."""
    with suppress(OSError):
        return file.read_bytes()
    return b""


def command(pid: int) -> str:
    """Return the command line of a process."""
    return read(Path(f"/proc/{pid}/cmdline")).replace(b"\0", b" ").decode(errors="replace")


def parent(pid: int) -> int:
    """Return the parent's process id, 0 when there is no such process."""
    fields = read(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def servers(mark: str) -> list[int]:
    """Return the servers that workers are forked from."""
    # A forked process has its parent's command line.
    found = [pid for pid in living(mark) if "multiprocessing.forkserver" in command(pid)]
    return [pid for pid in found if parent(pid) not in found]


def workers(mark: str) -> list[int]:
    """Return the workers: what the servers have forked."""
    of = set(servers(mark))
    return [pid for pid in living(mark) if parent(pid) in of]


def semaphores(mark: str) -> Iterator[Path]:
    """Give the files of the named semaphores that the processes have open."""
    for pid in living(mark):
        for line in read(Path(f"/proc/{pid}/maps")).decode(errors="replace").splitlines():
            name = line.partition(SEMAPHORES)[2].removesuffix(" (deleted)")
            if name:
                yield Path(f"{SEMAPHORES}{name}")


def await_end(mark: str) -> None:
    """Return when none is left."""
    until(lambda: not living(mark), "all that a program has started to end")


def seconds_until_gone(mark: str, longest: float) -> float:
    """Return the seconds until none is left, `longest` where some still are by then."""
    start = monotonic()
    while living(mark):
        if monotonic() - start > longest:
            return longest
        sleep(0.01)
    return monotonic() - start
