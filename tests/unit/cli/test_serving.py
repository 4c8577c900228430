"""The verb ui: which sweep, which port, and that its server and all children end."""

import os
import socket
import subprocess
import sys

import pytest

from hierbench.cli.serving import LOOPBACK, end, free_port, wait_for
from hierbench.errors import ConfigError, HierbenchError
from tests.waiting import until

CHILD = "import time; time.sleep(3600)"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}])
print(child.pid, flush=True)
child.wait()
"""


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


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
