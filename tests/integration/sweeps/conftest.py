"""One fork server for the tests' workers: everything imported and one form compiled, once."""

import os
from pathlib import Path

import pytest

from hierbench.executors import server
from tests.integration.sweeps.programs import start
from tests.integration.sweeps.sweeping import empty_store, opened, plan_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session", autouse=True)
def fork_server():
    # Python 3.12 gives the server no sys.path to preload from.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    preloaded = ("hierbench.executors.worker", "tests.integration.sweeps.warm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "PRELOADED", preloaded)
        server.start_server()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    """A sweep of four cells that two workers have ended; for tests that only read."""
    cores = len(os.sched_getaffinity(0))
    store = empty_store(tmp_path_factory.mktemp("calm"))
    sweep = opened(plan_of(4, workers=min(2, cores)), store)
    sweep.finish()
    return sweep


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """A sweep of two cells that one worker has ended, and their digests; one test extends it."""
    sweep = opened(plan_of(2, workers=1), empty_store(tmp_path_factory.mktemp("alone")))
    sweep.finish()
    return sweep, sweep.digests()


@pytest.fixture
def store(tmp_path):
    return empty_store(tmp_path)


@pytest.fixture
def programs(tmp_path):
    """Start programs in a folder; none outlives its test."""
    started = []

    def begin(*words, folder=tmp_path, env=None):
        started.append(start(folder, *words, env=env))
        return started[-1]

    yield begin
    for program in started:
        program.end()
