"""The process that workers are forked from, which imports everything once; light to import."""

from multiprocessing import forkserver, get_context
from multiprocessing.context import BaseContext

__all__ = ["PRELOADED", "start_server", "worker_context"]

PRELOADED = (
    "hierbench.sweep.worker",
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
    forkserver.ensure_running()
