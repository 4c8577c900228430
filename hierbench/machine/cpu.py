"""CPU time of this process and of the cores that it may use, as the kernel counts both."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from hierbench.machine.cgroup import throttled_seconds
from hierbench.process import cpu_seconds

__all__ = ["Reading", "core_seconds", "cores_of_this_process", "read_cpu"]

STAT = Path("/proc/stat")
IDLE, IOWAIT, STEAL = 3, 4, 7  # columns behind a core's name, proc(5)


@dataclass(frozen=True)
class Reading:
    """The state of the clocks at one moment.

    Attributes
    ----------
    wall_seconds : float
        From an arbitrary start.
    own_cpu_seconds : float
        Of this process, all its threads, and its children that have ended.
    cores : tuple of int
        Those that this process may use.
    idle_seconds, steal_seconds : float or None
        Of these cores together, since the machine's start: without work, and taken by the
        virtual machine's host while there was work; None where the kernel does not say.
    throttled_seconds : float
        For which this process's control groups stopped it, all cores together, since they were
        made.
    """

    wall_seconds: float
    own_cpu_seconds: float
    cores: tuple[int, ...]
    idle_seconds: float | None
    steal_seconds: float | None
    throttled_seconds: float


def read_cpu() -> Reading:
    """Return the state of the clocks now."""
    cores = cores_of_this_process()
    seconds = core_seconds(stat_text(), cores)
    idle, steal = seconds if seconds else (None, None)
    return Reading(perf_counter(), cpu_seconds(), cores, idle, steal, throttled_seconds())


def cores_of_this_process() -> tuple[int, ...]:
    """Return the cores that this process may use, in order."""
    return tuple(sorted(os.sched_getaffinity(0)))


def stat_text() -> str:
    """Return /proc/stat; empty where there is none, or where a container has put its own there."""
    try:
        return "" if STAT.is_mount() else STAT.read_text()
    except OSError:
        return ""


def core_seconds(stat: str, cores: Collection[int]) -> tuple[float, float] | None:
    r"""Return the idle and the steal seconds of `cores` in the text of /proc/stat.

    Waiting for a disk is idle. None when one of the cores is not there.

    >>> core_seconds("cpu0 5 0 5 700 100 0 0 50 0 0\ncpu1 0 0 0 900 0 0 0 0 0 0", [0, 1])
    (17.0, 0.5)
    """
    lines = [line.split() for line in stat.splitlines() if line.startswith("cpu")]
    ticks = {words[0]: [int(word) for word in words[1:]] for words in lines}
    try:
        found = [ticks[f"cpu{core}"] for core in cores]
        idle = sum(core[IDLE] + core[IOWAIT] for core in found)
        steal = sum(core[STEAL] for core in found)
    except (KeyError, IndexError):
        return None
    per_second = os.sysconf("SC_CLK_TCK")
    return idle / per_second, steal / per_second
