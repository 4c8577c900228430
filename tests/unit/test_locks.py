"""Locks hold between processes, and the kernel frees those of a process that dies."""

import subprocess
import sys
from time import monotonic

from hierbench.locks import held, waiting_for

HOLD = """
import sys
from pathlib import Path
from hierbench.locks import held
print(held(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def holder(file):
    """Start a process that takes the lock and keeps it."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_held_is_free_at_first(tmp_path):
    assert held(tmp_path / "lock")


def test_held_is_refused_a_second_time(tmp_path):
    assert held(tmp_path / "lock")
    assert not held(tmp_path / "lock")


def test_held_is_refused_while_another_process_has_it(tmp_path):
    with holder(tmp_path / "lock") as other:
        assert other.stdout.readline() == "True\n"
        assert not held(tmp_path / "lock")
        other.kill()


def test_held_is_free_once_the_other_process_was_killed(tmp_path):
    with holder(tmp_path / "lock") as other:
        assert other.stdout.readline() == "True\n"
        other.kill()
    assert held(tmp_path / "lock")


def test_waiting_frees_the_lock_behind_it(tmp_path):
    with waiting_for(tmp_path / "lock"):
        pass
    assert held(tmp_path / "lock")


def test_waiting_keeps_others_out(tmp_path):
    with waiting_for(tmp_path / "lock"):
        assert not held(tmp_path / "lock")


def test_waiting_waits(tmp_path):
    with holder(tmp_path / "lock") as other:
        other.stdout.readline()
        end = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill {other.pid}"])
        start = monotonic()
        with waiting_for(tmp_path / "lock"):
            assert monotonic() - start > 0.2
        end.wait()
