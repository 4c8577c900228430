"""What is compiled while a model is made ready: by numba, by JAX or by Stan's translator."""

from typing import Any

from numba.core import event

__all__ = ["Compilations", "note_compilation"]

LIFTED = "ObjModeLiftedWith"
"""A few instructions that look up a pointer into BLAS, in every process: numba keeps none."""

_listening: list["Compilations"] = []


class Compilations(event.Listener):
    """Within its block, the functions that are compiled: none where all came from a cache.

    Attributes
    ----------
    functions : list of str
        What was compiled, in order.
    """

    def __init__(self) -> None:
        self.functions: list[str] = []

    def __enter__(self) -> "Compilations":
        """Start to listen."""
        event.register("numba:compile", self)  # type: ignore[no-untyped-call]
        _listening.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        _listening.remove(self)
        event.unregister("numba:compile", self)  # type: ignore[no-untyped-call]

    def on_start(self, event: Any) -> None:
        """Note what numba begins to compile."""
        dispatcher = event.data["dispatcher"]
        if type(dispatcher).__name__ != LIFTED:
            self.functions.append(str(dispatcher))

    def on_end(self, event: Any) -> None:
        """Do nothing."""


def note_compilation(what: str) -> None:
    """Tell who listens that `what` was compiled by something other than numba."""
    for one in _listening:
        one.functions.append(what)
