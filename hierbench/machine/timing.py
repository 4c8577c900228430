"""Whether a cell's seconds count: what was seen while it was sampled, against stated bounds."""

from collections.abc import Collection, Sequence

from hierbench.machine.window import Window

__all__ = ["SHARE_BOUND", "load_reasons", "timing_reasons", "words"]

SHARE_BOUND = 0.05
"""Of the cores' time, for foreign CPU, steal time and a quota's stops, each: at most that much
slower, a quarter of the log-sd of ess_per_second between seeds (0.19 to 0.31 on Sacramento)."""

FLOOR_SECONDS = 0.02
"""Per core: what the kernel's count in hundredths of a second may be off, one at each end."""

SHORTEST_SECONDS = 0.1
"""A shorter window is not judged: what may be off is over a fifth of it."""


def timing_reasons(window: Window, shares: Sequence[Collection[int]]) -> tuple[str, ...]:
    """Return a phrase for each reason why the seconds of `window` do not count; none: they do.

    Parameters
    ----------
    shares : sequence of collection of int
        Cores of each worker of the sweep, this process's among them; empty: a cell alone.
    """
    return (
        *affinity_reasons(window, shares),
        *(
            f"{count} threads in {name}, must be 1"
            for name, count in sorted(window.pools.items())
            if count != 1
        ),
        *neighbour_reasons(window),
        *load_reasons(window),
    )


def affinity_reasons(window: Window, shares: Sequence[Collection[int]]) -> list[str]:
    """Return why the cores were not this worker's own from start to end."""
    ours = set(window.cores)
    if window.last_cores != window.cores:
        return [f"its cores changed from {words(window.cores)} to {words(window.last_cores)}"]
    if not shares:
        return []
    if ours not in [set(share) for share in shares]:
        given = " or ".join(words(share) for share in shares)
        return [f"it could use the cores {words(ours)}, was given {given}"]
    if sum(bool(ours & set(share)) for share in shares) > 1:
        return [f"the cores {words(ours)} are those of another worker of its sweep too"]
    return []


def neighbour_reasons(window: Window) -> list[str]:
    """Return which other cells were sampled on these cores."""
    if window.met is None:
        return ["whether other cells were sampled on its cores is not known"]
    return [f"a cell of process {pid} was sampled on its cores too" for pid in window.met]


def load_reasons(window: Window) -> list[str]:
    """Return what kept the cores from this process for longer than its bound."""
    if window.foreign_cpu_seconds is None or window.steal_seconds is None:
        return ["foreign CPU and steal time are not known: no /proc/stat of its cores"]
    if window.seconds < SHORTEST_SECONDS:
        return [
            f"{window.seconds:.3f} s of sampling: too short (under "
            f"{SHORTEST_SECONDS:g} s) to see what other programs took of its cores"
        ]
    loads = {
        "foreign CPU": window.foreign_cpu_seconds,
        "steal time": window.steal_seconds,
        "stopped by a quota": window.throttled_seconds,
    }
    return [
        f"{name} {seconds / window.core_seconds:.1%} of its cores' time, over {SHARE_BOUND:.0%}"
        for name, seconds in loads.items()
        if over_bound(seconds, window)
    ]


def over_bound(seconds: float, window: Window) -> bool:
    """Return whether `seconds` of the cores' time is more than the bound and what may be off."""
    floor = FLOOR_SECONDS * len(window.cores)
    return seconds > max(SHARE_BOUND * window.core_seconds, floor)


def words(cores: Collection[int]) -> str:
    """Return core numbers as one word.

    >>> words({3, 1})
    '1,3'
    """
    return ",".join(map(str, sorted(cores)))
