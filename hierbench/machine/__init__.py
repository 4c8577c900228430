"""The machine under a cell: what it gives, what else it does, and whether seconds count on it."""

from hierbench.machine.kernel import machine_speed
from hierbench.machine.meter import Meter
from hierbench.machine.timing import timing_reasons
from hierbench.machine.window import Watch, Window

__all__ = ["Meter", "Watch", "Window", "machine_speed", "timing_reasons"]
