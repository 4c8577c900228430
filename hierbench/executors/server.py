"""The process that workers are forked from, which imports everything once; light to import.

It is a fork server of our own. The one that Python's multiprocessing keeps for a whole program may
be running already, for the user's processes and with other threads, and what we preload is not
for them.
"""

import os
import signal
from io import BytesIO
from multiprocessing import forkserver, popen_forkserver, reduction, resource_tracker, spawn, util
from multiprocessing.context import ForkServerContext, set_spawning_popen
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar

from hierbench.environment import prepare
from hierbench.tether import end_with, tie_forks

__all__ = [
    "PRELOADED",
    "SERVER",
    "flags_have_changed",
    "start_server",
    "tie_server",
    "worker_context",
]

MAIN = "HIERBENCH_MAIN_PID"
FLAGS = "PYTENSOR_FLAGS"
STARTED_WITH: dict[str, str] = {}
"""What of the environment the server read once for all."""

PRELOADED = (
    "hierbench.executors.tied",  # first: while all the others are imported the sweep may be killed
    "hierbench.executors.worker",
    "hierbench.cell.running",
    # What its libraries import only when a first cell compiles, samples, writes and sends:
    # every worker would pay for it, while the server has nothing else to do.
    "hierbench.samplers.nutpie",
    "hierbench.models.homes.abilities",
    "hierbench.models.homes.marginal",
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


SERVER = forkserver.ForkServer()
SCRIPT = ("init_main_from_name", "init_main_from_path")


def close_all(*ends: int) -> None:
    """Close file descriptors."""
    for end in ends:
        os.close(end)


class WorkerPopen(popen_forkserver.Popen):
    """Starts a worker in `SERVER`; the script that called is not run again in it.

    Python would import that script, for functions of it that a process may be given. A worker is
    given hierbench's own, and a script without `if __name__ == "__main__"` would start its sweep
    once more in each.
    """

    _fds: list[int]

    def _launch(self, process: BaseProcess) -> None:
        told = spawn.get_preparation_data(process.name)
        words = BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump({key: told[key] for key in told if key not in SCRIPT}, words)
            reduction.dump(process, words)
        finally:
            set_spawning_popen(None)
        self.sentinel, pipe = SERVER.connect_to_new_process(self._fds)
        # The worker sees by this end whether its parent lives.
        ends = (os.dup(pipe), self.sentinel)
        self.finalizer = util.Finalize(self, close_all, ends)
        with open(pipe, "wb") as channel:
            channel.write(words.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


class WorkerProcess(BaseProcess):
    """A process of `SERVER`."""

    _start_method = "forkserver"

    @staticmethod
    def _Popen(process: BaseProcess) -> WorkerPopen:
        return WorkerPopen(process)


class WorkerContext(ForkServerContext):
    """Where pebble starts workers."""

    Process: ClassVar[Any] = WorkerProcess


def worker_context() -> WorkerContext:
    """Return the context in which workers start."""
    return WorkerContext()


def start_server() -> None:
    """Let the server import while this process does, on another core."""
    SERVER.set_forkserver_preload(list(PRELOADED))
    os.environ[MAIN] = str(os.getpid())
    # The tracker removes what killed processes leave; it ignores SIGINT and SIGTERM by itself.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    SERVER.ensure_running()
    STARTED_WITH.setdefault(FLAGS, os.environ.get(FLAGS, ""))


def flags_have_changed() -> bool:
    """Return whether PYTENSOR_FLAGS were changed after the server had read them."""
    now = os.environ.get(FLAGS, "")
    return STARTED_WITH.get(FLAGS, now) != now


def tie_server() -> None:
    """Prepare this process, the server, and let it and its workers end with the sweep's process.

    A script or a notebook has not prepared its own environment, and NumPy may be imported there.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the sweep's process to handle
    end_with(int(os.environ[MAIN]))
    tie_forks()
    prepare()
