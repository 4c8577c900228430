"""What else went on while a cell was sampled: foreign CPU, steal time, threads, other cells."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from threadpoolctl import threadpool_info

from hierbench.machine.cpu import Reading, read_cpu
from hierbench.machine.neighbours import Seat, meeting_place, take_seat

__all__ = ["Watch", "Window", "thread_pools", "window_between"]


@dataclass(frozen=True)
class Window:
    """One stretch of time on the cores of this process.

    Attributes
    ----------
    seconds : float
        Its length.
    cores : tuple of int
        Those that this process could use at its start.
    last_cores : tuple of int
        The same at its end.
    foreign_cpu_seconds : float or None
        For which these cores worked and not for this process, its threads or its children, at
        least 0; the time that a disk was awaited is no work. None where the kernel does not say.
    steal_seconds : float or None
        For which the virtual machine's host kept these cores from working.
    throttled_seconds : float
        For which a control group's quota did.
    pools : mapping of str to int
        Threads of each pool of threads that is loaded (BLAS, OpenMP, numba).
    met : tuple of str or None
        Process ids of other cells that were sampled on one of these cores; None: not known.
    """

    seconds: float
    cores: tuple[int, ...]
    last_cores: tuple[int, ...]
    foreign_cpu_seconds: float | None
    steal_seconds: float | None
    throttled_seconds: float
    pools: Mapping[str, int]
    met: tuple[str, ...] | None

    @property
    def core_seconds(self) -> float:
        """The time that the cores had together."""
        return self.seconds * len(self.cores)

    @property
    def metrics(self) -> dict[str, float]:
        """The tracking contract's, those that are known."""
        shares = {
            "foreign_cpu_share": self.foreign_cpu_seconds,
            "steal_share": self.steal_seconds,
        }
        return {
            name: seconds / self.core_seconds
            for name, seconds in shares.items()
            if seconds is not None
        }


class Watch:
    """Watches this process's cores for the length of a ``with`` block."""

    def __enter__(self) -> "Watch":
        """Begin."""
        self._cores = read_cpu().cores
        self._seat = seat_on(self._cores)
        self._start = read_cpu()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        self._end = read_cpu()
        self._met = left(self._seat)

    def window(self) -> Window:
        """Return what was seen, once the block has ended."""
        return window_between(self._start, self._end, thread_pools(), self._met)


def window_between(
    start: Reading, end: Reading, pools: Mapping[str, int], met: tuple[str, ...] | None
) -> Window:
    """Return the window between two readings."""
    seconds = end.wall_seconds - start.wall_seconds
    idle = difference(start.idle_seconds, end.idle_seconds)
    steal = difference(start.steal_seconds, end.steal_seconds)
    foreign = None
    if idle is not None and steal is not None:
        own = end.own_cpu_seconds - start.own_cpu_seconds
        # Not from the busy columns: the kernel adds a whole tick to whoever runs when it ends,
        # while it takes the time of an idle core from its clock.
        foreign = max(0.0, seconds * len(start.cores) - idle - steal - own)
    throttled = max(0.0, end.throttled_seconds - start.throttled_seconds)
    return Window(seconds, start.cores, end.cores, foreign, steal, throttled, pools, met)


def difference(start: float | None, end: float | None) -> float | None:
    """Return `end` less `start`, at least 0; None when either is not known."""
    return None if start is None or end is None else max(0.0, end - start)


def seat_on(cores: tuple[int, ...]) -> Seat | None:
    """Let other cells know of this one; None where there is no place to."""
    try:
        return take_seat(meeting_place(), cores)
    except OSError:
        return None


def left(seat: Seat | None) -> tuple[str, ...] | None:
    """Return whom `seat` met, None when it is not known."""
    try:
        return None if seat is None else seat.leave()
    except OSError:
        return None


def thread_pools() -> dict[str, int]:
    """Return the threads of each pool that is loaded; of two with one name the larger."""
    found = {"numba": numba_threads()}
    for pool in threadpool_info():
        name = str(pool["internal_api"])
        found[name] = max(found.get(name, 1), int(pool["num_threads"]))
    return found


def numba_threads() -> int:
    """Return the threads that numba's parallel loops have, or would have once it is imported."""
    if "numba" in sys.modules:
        return int(vars(sys.modules["numba"].config)["NUMBA_NUM_THREADS"])
    # `doctor` does not import it: numba reads the same variable, and has the same default.
    return int(os.environ.get("NUMBA_NUM_THREADS") or len(os.sched_getaffinity(0)))
