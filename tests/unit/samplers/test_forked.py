"""Forked chains, whose parent is another Python."""

import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

PARENT = """
import time
from hierbench.samplers.forked import CONTEXT
children = [CONTEXT.Process(target=time.sleep, args=(60,), daemon=True) for _ in range(2)]
for child in children:
    child.start()
print(*(child.pid for child in children), flush=True)
time.sleep(60)
"""


def test_chains_do_not_outlive_a_parent_that_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        chains = [Path("/proc") / pid for pid in parent.stdout.readline().split()]
        sleep(0.5)  # each has told the kernel by then
        alive = [chain.exists() for chain in chains]
        parent.send_signal(signal.SIGKILL)
    assert alive == [True, True]
    end = monotonic() + 5
    while monotonic() < end and any(is_running(chain) for chain in chains):
        sleep(0.05)
    assert not any(is_running(chain) for chain in chains)


def is_running(process):
    """Tell whether there is such a process, and not only what is left of it for its parent."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
