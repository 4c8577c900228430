"""A stop during a fit: the samplers' libraries catch it and return the draws they have."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hierbench.stops import STOPS, Stopped, raised

__all__ = ["interruptible"]


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Stopped at the end of the block if Ctrl-C or its like came in it, whoever caught it.

    Without this a fit that was stopped half-way would count as finished.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {int(number): signal.getsignal(number) for number in STOPS if raised(number)}
    pressed: int | None = None

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = number
        handler = before[number]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, press)
    try:
        yield
    finally:
        for number, handler in before.items():
            # One that was changed meanwhile is ignored from the first stop on.
            if signal.getsignal(number) is press:
                signal.signal(number, handler)
        if pressed is not None:
            raise Stopped(pressed)
