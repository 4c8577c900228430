"""What one cell takes of the machine: wall seconds, CPU seconds and its peak of memory."""

import resource
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from hierbench.process import cpu_seconds

__all__ = ["Meter", "peak_rss_mib", "reset_peak"]

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
RESET_PEAK = "5"  # proc_pid_clear_refs(5)


@dataclass(frozen=True)
class Meter:
    """A meter that was started.

    Attributes
    ----------
    children_mib : float
        The largest peak of any child that had ended by then.
    """

    wall_seconds: float
    cpu_seconds: float
    children_mib: float
    peak_is_ours: bool

    @classmethod
    def start(cls) -> "Meter":
        """Return a meter that starts now; the process's peak of memory is set back."""
        return cls(perf_counter(), cpu_seconds(), children_peak_mib(), reset_peak())

    def read(self) -> dict[str, float]:
        """Return the metrics elapsed_seconds, cpu_seconds and peak_rss_mib since the start.

        The peak is that of the largest process of the cell: this one, or a chain that PyMC
        forked, with the pages that it shares with this one. Such a chain is seen only where it
        is larger than every chain of the cells that this process ran before. The metric is left
        out where the kernel does not set back a process's peak.
        """
        found = {
            "elapsed_seconds": perf_counter() - self.wall_seconds,
            "cpu_seconds": cpu_seconds() - self.cpu_seconds,
        }
        own = peak_rss_mib() if self.peak_is_ours else None
        if own is not None:
            children = children_peak_mib()
            found["peak_rss_mib"] = max(own, children if children > self.children_mib else 0.0)
        return found


def reset_peak() -> bool:
    """Set the peak of this process's resident memory to what it is now; return whether it is."""
    try:
        CLEAR.write_text(RESET_PEAK)
    except OSError:
        return False
    return True


def peak_rss_mib() -> float | None:
    """Return the peak of this process's resident memory [MiB], None where there is no /proc."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    peaks = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    return peaks[0] if peaks else None


def children_peak_mib() -> float:
    """Return the peak of resident memory of the largest child that has ended [MiB]."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
