"""Processes that end with the process that started them; on Linux alone does the kernel help."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

__all__ = ["end_group_with", "end_with", "killed_with_parent", "tie_forks", "tied_command"]

PR_SET_PDEATHSIG = 1  # prctl(2)
LOOK_SECONDS = 0.2


def killed_with_parent(parent: int | None = None) -> None:
    """Let the kernel kill this process when the thread that forked it ends.

    Parameters
    ----------
    parent : int, optional
        Process id of the parent. It may have ended before the kernel was asked; then this process
        ends at once.
    """
    if sys.platform != "linux":
        return
    on_death_of_parent(signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        kill_this()


def end_with(parent: int) -> None:
    """Kill this process when its parent, the process `parent`, ends.

    The kernel sends its word when the *thread* that started this process ends. Here a handler
    looks whether the process is gone too: a pool starts processes from threads that end before it.

    Notes
    -----
    Python calls the handler when the main thread is back from the system: a signal that comes
    just before it goes to sleep would wait for the end of that sleep. So this is for a process
    that sleeps on `signal.set_wakeup_fd` alone, as multiprocessing's fork server does.
    """
    if sys.platform != "linux":
        return

    def look(*_: object) -> None:
        if os.getppid() != parent:
            kill_this()

    signal.signal(signal.SIGUSR1, look)
    on_death_of_parent(signal.SIGUSR1)
    look()


def end_group_with(parent: int) -> None:
    """Kill the process group of this process when its parent, the process `parent`, ends.

    A thread looks every `LOOK_SECONDS`, so that nothing the main thread waits for holds it up.
    Where the parent has ended already, this process ends at once.
    """

    def look() -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

    def watch() -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            look()

    look()
    threading.Thread(target=watch, daemon=True).start()


def tie_forks() -> None:
    """Let every process that is forked from this one, and from those, be killed with its parent."""
    here = os.getpid()

    def tie() -> None:
        nonlocal here
        killed_with_parent(here)
        here = os.getpid()

    os.register_at_fork(after_in_child=tie)


def tied_command(words: Sequence[str]) -> list[str]:
    """Return the command that becomes `words`, and is killed with this process."""
    return [sys.executable, "-I", __file__, str(os.getpid()), *words]


def become(parent: int, words: Sequence[str]) -> None:
    """Become the program `words`, to be killed with the process `parent`, which started this one.

    The kernel keeps its word to a process that becomes another program.
    """
    killed_with_parent(parent)
    try:
        os.execvp(words[0], list(words))
    except OSError as error:
        sys.exit(f"{words[0]}: {error.strerror}")


def on_death_of_parent(number: int) -> None:
    """Ask the kernel for the signal `number`."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def kill_this() -> None:
    """End this process, whatever it does."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
