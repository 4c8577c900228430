"""Waits that an event ends. The bound is for a hang, not for a slow machine; it says what hung."""

import subprocess
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Any

__all__ = ["PATIENCE_SECONDS", "ended", "finished", "until"]

PATIENCE_SECONDS = 900.0
LOOK_SECONDS = 0.01


def until[Found](look: Callable[[], Found], what: str, seconds: float = PATIENCE_SECONDS) -> Found:
    """Return the first true value of `look()`.

    Raises
    ------
    AssertionError
        If there is none within `seconds`; it names `what` was waited for.
    """
    end = monotonic() + seconds
    while not (found := look()):
        if monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        sleep(LOOK_SECONDS)
    return found


def ended(process: "subprocess.Popen[Any]", what: str) -> int:
    """Return the exit code of `process` once it has ended."""
    until(lambda: process.poll() is not None, f"the end of {what}")
    return int(process.returncode)


def finished(words: Sequence[str], what: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end; return its exit code and all that it printed."""
    try:
        return subprocess.run(
            words, capture_output=True, text=True, timeout=PATIENCE_SECONDS, **options
        )
    except subprocess.TimeoutExpired as error:
        raise AssertionError(
            f"waited {PATIENCE_SECONDS:g} s in vain for the end of {what}"
        ) from error
