"""Locks hold between processes, and the kernel frees those of a process that dies."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from hierbench.locks import held, holder, waiting_for
from tests.waiting import until

HOLD = """
import sys
from pathlib import Path
from hierbench.locks import held
print(held(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def holder_of(file):
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
    with holder_of(tmp_path / "lock") as other:
        assert other.stdout.readline() == "True\n"
        assert not held(tmp_path / "lock")
        other.kill()


def test_holder_is_the_other_process(tmp_path):
    with holder_of(tmp_path / "lock") as other:
        assert other.stdout.readline() == "True\n"
        assert holder(tmp_path / "lock") == other.pid
        other.kill()
    assert holder(tmp_path / "lock") is None


def test_holder_of_no_file_is_nobody(tmp_path):
    assert holder(tmp_path / "lock") is None


def test_held_is_free_once_the_other_process_was_killed(tmp_path):
    with holder_of(tmp_path / "lock") as other:
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
    """The other process is ended only once the kernel has this one in the lock's queue."""
    ended = []
    with holder_of(tmp_path / "lock") as other:
        other.stdout.readline()

        def end():
            until(lambda: is_awaited(tmp_path / "lock"), "a process to wait for the lock")
            ended.append(other.pid)
            other.kill()

        thread = threading.Thread(target=end)
        thread.start()
        with waiting_for(tmp_path / "lock"):
            assert ended == [other.pid]
        thread.join()


def is_awaited(file):
    """Tell whether a process waits for the lock `file`, by the arrows in proc_locks(5)."""
    inode = os.stat(file).st_ino
    waiting = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any("->" in words and words[6].endswith(f":{inode}") for words in waiting)
