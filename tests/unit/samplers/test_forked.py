"""Forked chains, whose parent is another Python."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import until

PARENT = """
import os, time
from hierbench.samplers.forked import CONTEXT
def chain():
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(3600)
for child in [CONTEXT.Process(target=chain, daemon=True) for _ in range(2)]:
    child.start()
time.sleep(3600)
"""


def test_chains_do_not_outlive_a_parent_that_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        # Each writes its line when it has told the kernel.
        chains = [Path("/proc") / parent.stdout.readline().strip() for _ in range(2)]
        alive = [is_running(chain) for chain in chains]
        parent.send_signal(signal.SIGKILL)
    assert alive == [True, True]
    until(lambda: not any(map(is_running, chains)), "the chains of a killed parent to end")


def is_running(process):
    """Tell whether there is such a process, and not only what is left of it for its parent."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
