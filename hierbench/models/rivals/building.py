"""A form built twice, with the network refused."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hierbench.models.contract import Form
from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.graph import same_graph
from hierbench.models.rivals.setting import Built, Setting

__all__ = ["NetworkError", "built_twice", "without_network"]


class NetworkError(Exception):
    """A form opens a connection while it is built."""


@contextmanager
def without_network() -> Iterator[None]:
    """Raise NetworkError where this thread connects to anything or looks a name up."""
    own, resolve, connect = threading.get_ident(), socket.getaddrinfo, socket.socket.connect

    def refuse(of: Any) -> Any:
        def guarded(*arguments: Any, **named: Any) -> Any:
            if threading.get_ident() == own:
                raise NetworkError(
                    "it opens a network connection while it is built: read the data in data(table)"
                )
            return of(*arguments, **named)

        return guarded

    patched: Any = socket
    patched.getaddrinfo = refuse(resolve)
    patched.socket.connect = refuse(connect)
    try:
        yield
    finally:
        patched.getaddrinfo = resolve
        patched.socket.connect = connect


def built_twice(setting: Setting, form: Form) -> tuple[Built, Answer]:
    """Return a form built, and whether a second time gives the same graph."""
    prior = setting.prior()
    with without_network():
        built = Built(setting, form, setting.build(form, prior))
        again = Built(setting, form, setting.build(form, prior))
    difference = same_graph(built, again)
    if difference:
        return built, (
            False,
            f"{form.name}: a second build gives another graph ({difference}): draw no random "
            "numbers and keep no state in the form",
        )
    return built, (True, f"{form.name} builds twice to the same graph")
