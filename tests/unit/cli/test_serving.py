"""The verb ui: which sweep, which port, and that its server and all children end."""

import os
import socket
import subprocess
import sys
from uuid import uuid4

import pytest

from hierbench.cli.guard import guarded
from hierbench.cli.serving import LOOPBACK, end, free_port, wait_for
from hierbench.errors import ConfigError, HierbenchError
from tests.processes import MARK, living
from tests.waiting import until

CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(3600)"
"""It says itself that it runs: one that was only just started has no environment yet."""

PARENT = f"""
import subprocess, sys
subprocess.call([sys.executable, "-c", {CHILD!r}])
"""


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


STARTER = f"""
import os, subprocess, sys, time
from hierbench.cli.guard import guarded
words = guarded(os.getpid(), [sys.executable, "-c", {PARENT!r}])
subprocess.Popen(words, start_new_session=True)
time.sleep(3600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_server_and_its_children_end_with_a_program_that_is_killed():
    mark = uuid4().hex
    environment = {**os.environ, MARK: mark}
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env=environment
    ) as starter:
        child = int(starter.stdout.readline())
        started = living(mark)
        starter.kill()
    assert child in started
    until(lambda: not living(mark), "the server and its children to end")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
def test_guarded_server_is_ended_with_its_children():
    words = guarded(os.getpid(), [sys.executable, "-c", PARENT])
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as server:
        child = int(server.stdout.readline())
        end(server)
        until(lambda: is_gone(child), "the server's child to end")


def test_guarded_command_gives_its_exit_code():
    words = guarded(os.getpid(), [sys.executable, "-c", "raise SystemExit(3)"])
    assert subprocess.run(words, check=False).returncode == 3


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
def test_ui_ends_the_servers_children_too():
    server = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True
    )
    with server:
        child = int(server.stdout.readline())
        end(server)
        until(lambda: is_gone(child), "the server's child to end")


def test_ui_server_that_ends_at_once_is_said():
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as server:
        server.wait()
        with pytest.raises(HierbenchError, match="ended with code 3 before it answered"):
            wait_for(server, 1)


def test_ui_port_in_use_is_said_and_passed_over():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--port {port}: in use"):
            free_port(port)
        assert free_port(None) != port
