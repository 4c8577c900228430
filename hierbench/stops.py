"""The signals that ask the program to stop, raised as KeyboardInterrupt so that runs are closed."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["STOPS", "Stopped", "default_again", "raise_again", "raised", "stoppable"]

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


UNTOUCHED = (signal.SIG_DFL, signal.default_int_handler)


class Stopped(KeyboardInterrupt):
    """The program was asked to stop.

    Attributes
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise Stopped in this block for SIGINT, SIGTERM and SIGHUP; main thread only.

    A signal that was ignored before, as `nohup` does with SIGHUP, stays ignored. After the first
    stop SIGTERM and SIGHUP are ignored until the program ends, after the block too, since a closing
    terminal sends two; Ctrl-C is not.
    """
    taken = [number for number in STOPS if signal.getsignal(number) in UNTOUCHED]
    screens = [stream.fileno() for stream in (sys.stdout, sys.stderr) if is_screen(stream)]

    def stop(number: int, frame: FrameType | None) -> None:
        stop.asked = number  # type: ignore[attr-defined]
        for later in set(taken) - {signal.SIGINT}:
            signal.signal(later, signal.SIG_IGN)
        if number == signal.SIGHUP:
            silence(screens)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in taken}
    stop.raises = True  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop or number == signal.SIGINT:
                signal.signal(number, handler)


def raised(number: int) -> bool:
    """Return whether the signal `number` raises KeyboardInterrupt in this process."""
    handler = signal.getsignal(number)
    return handler is signal.default_int_handler or getattr(handler, "raises", False)


def raise_again() -> None:
    """Raise Stopped if the program was asked to stop and goes on nevertheless.

    Python drops what is raised while it frees an object, as a handler may.
    """
    for number in STOPS:
        asked = getattr(signal.getsignal(number), "asked", None)
        if asked:
            raise Stopped(asked)


def default_again() -> None:
    """Let a forked process end by SIGTERM and SIGHUP as if `stoppable` were not there."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if raised(number):
            signal.signal(number, signal.SIG_DFL)


def is_screen(stream: object) -> bool:
    """Return whether a stream is shown on a terminal."""
    with suppress(AttributeError, ValueError, OSError):
        return bool(stream.isatty())  # type: ignore[attr-defined]
    return False


def silence(screens: list[int]) -> None:
    """Lead what is written to a terminal that hung up to nowhere: writing there would fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    for screen in screens:
        os.dup2(nowhere, screen)
    os.close(nowhere)
