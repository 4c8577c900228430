"""A benchmarking harness for Bayesian hierarchical models that keeps every run.

For scripts and notebooks: `runs`, `compare` and `posterior` read what was kept, print nothing and
write nothing. Importing this package imports none of what they need; the first use does.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hierbench.environment import quiet_mlflow
from hierbench.errors import ConfigError, DataError, HierbenchError, SamplingError, StoreError

if TYPE_CHECKING:
    from hierbench.api import Compared, compare, posterior, runs

__all__ = [
    "Compared",
    "ConfigError",
    "DataError",
    "HierbenchError",
    "SamplingError",
    "StoreError",
    "__version__",
    "compare",
    "posterior",
    "runs",
]

FROM_API = ("Compared", "compare", "posterior", "runs")


def __dir__() -> list[str]:
    """Return what completion offers before anything was imported."""
    return list(__all__)


def __getattr__(name: str) -> Any:
    """Return the version, or what the API has of that name."""
    if name == "__version__":
        return version("hierbench")
    if name not in FROM_API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    quiet_mlflow()
    return getattr(import_module("hierbench.api"), name)
