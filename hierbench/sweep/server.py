"""The process that workers are forked from, which imports everything once; light to import."""

import os
import signal
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import BaseContext

from hierbench.tether import end_with, tie_forks

__all__ = ["PRELOADED", "start_server", "tie_server", "worker_context"]

MAIN = "HIERBENCH_MAIN_PID"
PRELOADED = (
    "hierbench.sweep.tied",  # first: while all the others are imported the sweep may be killed
    "hierbench.sweep.worker",
    "hierbench.cell.running",
    # What its libraries import only when a first cell compiles, samples, writes and sends:
    # every worker would pay for it, while the server has nothing else to do.
    "hierbench.samplers.nutpie",
    "hierbench.models.marginal",
    "hierbench.plots.every",
    "pytensor.link.numba.dispatch.basic",
    "pytensor.link.c.exceptions",
    "pytensor.sparse",
    "numba.np.random",
    "numba.typed",
    "h5netcdf",
    "mlflow.store.tracking.sqlalchemy_store",
    "sqlalchemy.dialects.sqlite",
)


def worker_context() -> BaseContext:
    """Return the context in which workers start."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def start_server() -> None:
    """Let the server import while this process does, on another core."""
    worker_context()
    os.environ[MAIN] = str(os.getpid())
    # The tracker removes what killed processes leave; it ignores SIGINT and SIGTERM by itself.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    forkserver.ensure_running()


def tie_server() -> None:
    """Let this process, the server, end with the sweep's process, and its workers with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the sweep's process to handle
    end_with(int(os.environ[MAIN]))
    tie_forks()
