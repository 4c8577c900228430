"""What may run a sweep's cells: the records of the executors, by the names of `hydra/launcher`."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["EXECUTORS", "Executor"]


@dataclass(frozen=True)
class Executor:
    """What runs cells; no field has a default, so that none is forgotten.

    Attributes
    ----------
    module : str
        Of the room `executors`: what has its `submit` and `results`.
    apart : bool
        Whether cells are fitted in other processes, each with cores of its own.
    """

    module: str
    apart: bool


EXECUTORS: Mapping[str, Executor] = {
    "basic": Executor("here", apart=False),
    "local": Executor("pool", apart=True),
}
