"""SIGTERM and SIGHUP stop a program as Ctrl-C does."""

import os
import pty
import signal
import subprocess
import sys

import pytest

from hierbench.stops import STOPS, Stopped, raise_again, raised, stoppable
from tests.waiting import ended

ASKED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ASKED)
def test_signal_raises_in_the_block(number):
    with pytest.raises(Stopped) as stop, stoppable():
        signal.raise_signal(number)
    assert stop.value.number == number
    assert isinstance(stop.value, KeyboardInterrupt)


def test_handlers_are_as_before_after_the_block():
    before = [signal.getsignal(number) for number in STOPS]
    with stoppable():
        assert all(map(raised, STOPS))
    assert [signal.getsignal(number) for number in STOPS] == before


def test_signal_that_was_ignored_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stoppable():
        signal.raise_signal(signal.SIGHUP)
        assert not raised(signal.SIGHUP)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGHUP])
def test_second_signal_does_not_disturb_the_closing_of_runs(second):
    closed = []

    def closing():
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(second)
            closed.append("runs")

    with pytest.raises(Stopped), stoppable():
        closing()
    assert closed == ["runs"]


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGHUP])
def test_second_signal_does_not_disturb_the_end_of_the_program(second):
    """A terminal that closes sends two, the second at any time."""
    with pytest.raises(Stopped), stoppable():
        signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(second)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_second_ctrl_c_does():
    closed = []

    def closing():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            closed.append("runs")

    with pytest.raises(Stopped), stoppable():
        closing()
    assert closed == []


class Dropper:
    """An object that is freed while the signal comes."""

    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_stop_that_python_dropped_is_raised_again():
    with stoppable():
        Dropper()
        with pytest.raises(Stopped, match="SIGTERM"):
            raise_again()


def test_nothing_is_raised_again_unasked():
    with stoppable():
        raise_again()
    raise_again()


HUNG_UP = """
import sys, time
from hierbench.stops import Stopped, stoppable
try:
    with stoppable():
        print("ready", flush=True)
        time.sleep(600)
except Stopped:
    print("closing", flush=True)
    print("closing", file=sys.stderr, flush=True)
    open(sys.argv[1], "w").write("closed")
"""


def test_program_whose_terminal_is_gone_can_still_print(tmp_path):
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", HUNG_UP, str(tmp_path / "closed")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while not said.endswith(b"\n"):  # a line that is not whole is still being written
        said += os.read(ours, 100)
    assert said.split() == [b"ready"]
    os.close(ours)  # no write succeeds from here on
    program.send_signal(signal.SIGHUP)
    program.send_signal(signal.SIGHUP)
    assert ended(program, "a program whose terminal is gone") == 0
    assert (tmp_path / "closed").read_text() == "closed"
