"""A process ends with the one that started it, and with nothing less."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest

from hierbench.tether import tied_command
from tests.processes import MARK, await_end, living

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")

KILLED = """
import os, sys, time
from hierbench.tether import killed_with_parent
killed_with_parent(int(sys.argv[1]))
print("tied", flush=True)
time.sleep(600)
"""
ENDS = """
import os, select, signal, sys
from hierbench.tether import end_with
awake, wake = os.pipe()
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake)
end_with(int(sys.argv[1]))
print("tied", flush=True)
while True:
    for ready in select.select([0, awake], [], [])[0]:
        if ready == awake:
            os.read(awake, 1)
        elif os.read(0, 2):
            print("here", flush=True)
        else:
            select.select([awake], [], [])
"""
GROUP_ENDS = """
import os, signal, subprocess, sys
from hierbench.tether import end_group_with
os.setpgid(0, 0)
end_group_with(int(sys.argv[1]))
subprocess.Popen(["sleep", "600"])
print("tied", flush=True)
sys.stdin.readline()
print("here", flush=True)
signal.sigwait([signal.SIGRTMIN])  # no other signal calls its handler here
"""
PARENT = """
import os, subprocess, sys, threading
def begin():
    global child
    child = subprocess.Popen(
        [sys.executable, "-c", sys.argv[1], str(os.getpid())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    print(child.stdout.readline().strip(), flush=True)
if sys.argv[2] == "thread":
    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
else:
    begin()
try:
    child.stdin.write("?\\n")
    child.stdin.flush()
except BrokenPipeError:  # it is gone already
    pass
print(child.stdout.readline().strip() or "gone", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def family():
    """Start a parent whose child runs a program; nobody outlives the test."""
    begun = []

    def begin(program, where):
        mark = uuid4().hex
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, program, where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={MARK: mark},
        )
        begun.append((parent, mark))
        return parent, mark

    yield begin
    for parent, mark in begun:
        parent.kill()
        parent.communicate()
        await_end(mark)


@pytest.mark.parametrize("where", ["main", "thread"])
@pytest.mark.parametrize("program", [ENDS, GROUP_ENDS], ids=["ends", "group_ends"])
def test_outlives_a_thread_and_not_the_process(family, program, where):
    parent, mark = family(program, where)
    assert [parent.stdout.readline() for _ in range(2)] == ["tied\n", "here\n"]
    parent.kill()
    parent.wait()
    await_end(mark)


def test_killed_with_parent_ends_with_the_thread_too(family):
    parent, _ = family(KILLED, "thread")
    assert [parent.stdout.readline() for _ in range(2)] == ["tied\n", "gone\n"]


FORKS = """
import os, sys, time
from hierbench.tether import tie_forks
tie_forks()
for _ in range(2):
    if os.fork():
        print(os.getpid(), flush=True)
        time.sleep(600)
print(os.getpid(), flush=True)
time.sleep(600)
"""


def test_forks_and_their_forks_end_with_the_first():
    mark = uuid4().hex
    with subprocess.Popen(
        [sys.executable, "-c", FORKS], stdout=subprocess.PIPE, env={MARK: mark}
    ) as first:
        assert len({first.stdout.readline() for _ in range(3)}) == 3
        first.kill()
    await_end(mark)


BECOMES = """
import subprocess
from hierbench.tether import tied_command
child = subprocess.Popen(tied_command(["sh", "-c", "echo here; exec sleep 600"]))
child.wait()
"""


def test_command_of_another_program_ends_with_this_one():
    mark = uuid4().hex
    with subprocess.Popen(
        [sys.executable, "-c", BECOMES],
        stdout=subprocess.PIPE,
        env={MARK: mark, "PATH": os.environ["PATH"]},
    ) as first:
        assert first.stdout.readline() == b"here\n"
        first.kill()
    await_end(mark)


def test_command_that_is_not_there_is_a_sentence():
    done = subprocess.run(tied_command(["/no/such"]), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "/no/such: No such file or directory\n")


@pytest.mark.parametrize(
    "program", [KILLED, ENDS, GROUP_ENDS], ids=["killed", "ends", "group_ends"]
)
def test_parent_that_ended_before_is_noticed(program):
    done = subprocess.run([sys.executable, "-c", program, "1"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-9, b"")


def test_nobody_is_left_of_a_mark_that_nobody_carries():
    assert living(uuid4().hex) == []
