"""The process that workers are forked from, which imports everything once; light to import."""

from multiprocessing import forkserver, get_context
from multiprocessing.context import BaseContext

__all__ = ["start_server", "worker_context"]


def worker_context() -> BaseContext:
    """Return the context in which workers start."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["hierbench.sweep.worker"])
    return context


def start_server() -> None:
    """Let the server import while this process does, on another core."""
    worker_context()
    forkserver.ensure_running()
