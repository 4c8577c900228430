"""Nothing of a sweep computes on when its main process has ended, whatever ended it."""

import os
import signal
import subprocess
import sys
from uuid import uuid4

import pytest

from tests.integration.sweeps.programs import TINY, start
from tests.processes import MARK, await_end, living, servers, workers
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

POOL = """
import sys, time
from pathlib import Path
from hierbench.executors import server
server.PRELOADED = (server.PRELOADED[0], *(sys.argv[2:] or server.PRELOADED[1:2]))
server.start_server()
if len(sys.argv) > 2:
    time.sleep(600)
from pebble import ProcessPool
from hierbench.executors.worker import start_worker
from planted import compute
pool = ProcessPool(2, initializer=start_worker, initargs=(Path(sys.argv[1]), [[0], [0]]),
                   context=server.worker_context())
for _ in range(2):
    pool.schedule(compute)
time.sleep(600)
"""
COMPUTE = """
def compute():
    while True:
        pass
"""


@pytest.fixture
def mark():
    """Processes that carry it do not outlive the test."""
    word = uuid4().hex
    yield word
    for pid in living(word):
        os.kill(pid, signal.SIGKILL)


def main_process(folder, mark, *preloaded):
    """Start a process whose two workers compute for ever."""
    (folder / "planted.py").write_text(COMPUTE)
    (folder / "slow_to_import.py").write_text(f"open('{folder}/importing', 'w')\nwhile True: pass")
    environment = {**os.environ, MARK: mark, "PYTHONPATH": str(folder)}
    return subprocess.Popen([sys.executable, "-c", POOL, str(folder), *preloaded], env=environment)


@pytest.mark.slow
def test_workers_and_server_end_with_the_main_process(tmp_path, mark):
    main = main_process(tmp_path, mark)
    until(lambda: len(workers(mark)) == 2 and all_bound(tmp_path), "two workers to begin")
    main.kill()
    main.wait()
    await_end(mark)


def all_bound(folder):
    """Return whether both workers have begun, each with a slot of its own."""
    return len(list(folder.glob("slot-*.lock"))) == 2


@pytest.mark.slow
def test_server_that_still_imports_ends_with_the_main_process(tmp_path, mark):
    main = main_process(tmp_path, mark, "slow_to_import")
    until((tmp_path / "importing").exists, "the server to import")
    main.kill()
    main.wait()
    await_end(mark)


@pytest.mark.slow
def test_workers_end_with_the_server(tmp_path, mark):
    main = main_process(tmp_path, mark)
    first = until(lambda: all_bound(tmp_path) and workers(mark), "two workers to begin")
    os.kill(servers(mark)[0], signal.SIGKILL)
    until(lambda: not set(first) & set(living(mark)), "the workers to end with their server")
    main.kill()
    main.wait()
    await_end(mark)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_sweep_whose_main_process_is_killed_leaves_no_process(tmp_path, mark, sampler):
    count = {"nutpie": 2, "pymc": 1}[sampler]  # the cores of one worker are those of its chains
    words = ["sweep", *TINY, f"sampler={sampler}", "sampler.draws=200000", "--workers", str(count)]
    program = start(tmp_path, *words, "seed=1,2", env={MARK: mark})
    until(lambda: list(tmp_path.glob("runs/sweeps/*/*/record.json")), "a cell to begin")
    until(lambda: len(workers(mark)) == count, "the workers")
    program.process.kill()
    program.wait()
    await_end(mark)
