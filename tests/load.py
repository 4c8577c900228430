"""What the cores and the processes of this machine work, by other files than hierbench reads."""

import os
from collections.abc import Collection
from pathlib import Path
from time import monotonic, sleep

PER_SECOND = os.sysconf("SC_CLK_TCK")
PARENT, OWN, WITH_ENDED_CHILDREN = 1, slice(11, 13), slice(11, 15)  # proc_pid_stat(5)
LOOK_SECONDS = 2.0


def busy_seconds(cores: Collection[int]) -> float:
    """Return the seconds that `cores` have worked together, by their busy columns."""
    names = {f"cpu{core}" for core in cores}
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines()]
    busy = [(*words[1:4], *words[6:8]) for words in lines if words[0] in names]
    return sum(int(word) for words in busy for word in words) / PER_SECOND


def idle_seconds(core: int) -> float:
    """Return the seconds that `core` was idle or awaited a disk."""
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines()]
    (words,) = (words for words in lines if words[0] == f"cpu{core}")
    return (int(words[4]) + int(words[5])) / PER_SECOND


def fields_of(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the command; none when there is no process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def seconds_of(pid: int) -> float:
    """Return the CPU seconds of one process."""
    return sum(map(int, fields_of(pid)[OWN])) / PER_SECOND


def seconds_of_all_below(pid: int) -> float:
    """Return the CPU seconds of a process and of all that it started, ended ones too."""
    every = {int(entry.name): fields_of(entry.name) for entry in Path("/proc").glob("[0-9]*")}
    below, found = [pid], 0
    while below:
        parent = below.pop()
        found += sum(map(int, every.get(parent, [])[WITH_ENDED_CHILDREN]))
        below += [child for child, fields in every.items() if fields[PARENT:2] == [str(parent)]]
    return found / PER_SECOND


def becomes_quiet(cores: Collection[int], share: float, within: float) -> bool:
    """Wait until `cores` work less than `share` of their time, at most `within` seconds.

    This process sleeps meanwhile; what it has started is not told from other programs.
    """
    end = monotonic() + within
    while monotonic() < end:
        busy, start = busy_seconds(cores), monotonic()
        sleep(LOOK_SECONDS)
        worked = busy_seconds(cores) - busy
        if worked < share * (monotonic() - start) * len(cores):
            return True
    return False


class Others:
    """Watches what other programs work on `cores` for the length of a ``with`` block."""

    def __init__(self, cores: Collection[int]) -> None:
        self.cores = cores

    def __enter__(self) -> "Others":
        self.start = monotonic(), self.seconds()
        return self

    def __exit__(self, *_: object) -> None:
        wall, foreign = monotonic() - self.start[0], self.seconds() - self.start[1]
        self.share = foreign / wall / len(self.cores)

    def seconds(self) -> float:
        """Return what `cores` worked for neither this process nor any that it started."""
        return busy_seconds(self.cores) - seconds_of_all_below(os.getpid())
