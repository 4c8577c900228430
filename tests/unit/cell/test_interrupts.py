import os
import signal
import threading

import pytest

from hierbench.cell.interrupts import interruptible


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def library_that_catches():
    """Return early on Ctrl-C, as nutpie and PyMC do."""
    try:
        ctrl_c()
        signal.sigtimedwait([], 1)  # another thread may take the signal: this one hears later
    except KeyboardInterrupt:
        return


def test_interruptible_passes_a_result():
    with interruptible():
        found = 1
    assert found == 1


def test_interruptible_raises_what_a_library_caught():
    with pytest.raises(KeyboardInterrupt), interruptible():
        library_that_catches()


def library_that_fails():
    """Raise on Ctrl-C, as PyMC does when it has too few draws."""
    library_that_catches()
    raise ValueError("not enough samples")


def test_interruptible_turns_the_librarys_own_error_into_ctrl_c():
    with pytest.raises(KeyboardInterrupt), interruptible():
        library_that_fails()


def test_interruptible_raises_what_nobody_caught():
    with pytest.raises(KeyboardInterrupt), interruptible():
        ctrl_c()


def test_interruptible_leaves_other_errors_alone():
    with pytest.raises(ValueError, match="mine"), interruptible():
        raise ValueError("mine")


def test_interruptible_leaves_the_handler_as_it_was():
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_interruptible_leaves_another_handler_in_place():
    seen = []
    before = signal.signal(signal.SIGINT, lambda *_: seen.append("theirs"))
    try:
        with interruptible():
            ctrl_c()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == ["theirs"]


def test_interruptible_works_in_a_thread():
    seen = []

    def task():
        with interruptible():
            seen.append("done")

    thread = threading.Thread(target=task)
    thread.start()
    thread.join()
    assert seen == ["done"]
