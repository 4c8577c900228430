"""Threads and PyTensor's flags are set before NumPy is imported, as the program does."""

import gc
import logging
import os
import signal
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

from hierbench.environment import prepare
from hierbench.stops import STOPS
from tests import order, sharing, summary, unimported
from tests.tables import copied_tables

prepare()
threadpool_limits(1)  # of the libraries that a plugin of pytest has imported before

# What a shell starts in the background, and all that it starts itself, would ignore Ctrl-C, and
# what nohup starts the end of the terminal.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What PyMC, MLflow and Hydra have made is walked by every full collection: a fifth of all time.
gc.set_threshold(100_000, 20, 100)

# How long an example takes depends on what else the machine does.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

pytest_addoption = order.add_option


def pytest_configure(config):
    for module in (order, sharing, summary, unimported):
        config.pluginmanager.register(module)


def pytest_collection_finish():
    gc.freeze()


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """Return a folder that all workers of pytest-xdist have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def temporary_files(shared):
    """Keep what libraries and killed processes leave in the folder that pytest clears."""
    folder = shared / "tmp"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield


@pytest.fixture(autouse=True)
def handlers():
    """Undo what a test does to the signals' handlers: a stopped program keeps some ignored."""
    before = {number: signal.getsignal(number) for number in STOPS}
    yield
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture(autouse=True)
def log_level():
    """Undo what Hydra does to answer `--cfg` and `--info`: it would describe every composition."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session", autouse=True)
def tables(shared):
    """Let stores begin as copies of one."""
    store = sys.modules.get("hierbench.tracking.store")
    with pytest.MonkeyPatch.context() as patch:
        if store is not None:  # what has not imported MLflow is not made to
            copied_tables(store, shared, patch)
        yield
