"""Wall and CPU seconds of one fit."""

from dataclasses import dataclass
from time import perf_counter

from hierbench.process import cpu_seconds

__all__ = ["Clock"]


@dataclass(frozen=True)
class Clock:
    """A clock that was started; CPU is that of this process and its ended children."""

    wall_seconds: float
    cpu_seconds: float

    @classmethod
    def start(cls) -> "Clock":
        """Return a clock that starts now."""
        return cls(perf_counter(), cpu_seconds())

    def read(self) -> tuple[float, float]:
        """Return the wall and the CPU seconds since the start."""
        return perf_counter() - self.wall_seconds, cpu_seconds() - self.cpu_seconds
