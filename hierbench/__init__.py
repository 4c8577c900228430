"""A benchmarking harness for Bayesian hierarchical models that keeps every run.

For scripts and notebooks: `run`, `sweep`, `reproduce` and `validate` fit; `runs`, `compare` and
`posterior` read what was kept. They print nothing unless asked. Importing this package imports none
of what they need; the first use does.
"""

import warnings
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hierbench.environment import quiet_mlflow
from hierbench.errors import ConfigError, DataError, HierbenchError, SamplingError, StoreError

if TYPE_CHECKING:
    from hierbench.api.checking import reproduce, validate
    from hierbench.api.fitting import run, sweep
    from hierbench.api.reading import compare, posterior, runs
    from hierbench.api.records import Compared, Ran, Swept
    from hierbench.api.verdicts import Reproduced, Validated

__all__ = [
    "Compared",
    "ConfigError",
    "DataError",
    "HierbenchError",
    "Ran",
    "Reproduced",
    "SamplingError",
    "StoreError",
    "Swept",
    "Validated",
    "__version__",
    "compare",
    "posterior",
    "reproduce",
    "run",
    "runs",
    "sweep",
    "validate",
]

FROM_API = {
    **dict.fromkeys(("run", "sweep"), "hierbench.api.fitting"),
    **dict.fromkeys(("reproduce", "validate"), "hierbench.api.checking"),
    **dict.fromkeys(("compare", "posterior", "runs"), "hierbench.api.reading"),
    **dict.fromkeys(("Compared", "Ran", "Swept"), "hierbench.api.records"),
    **dict.fromkeys(("Reproduced", "Validated"), "hierbench.api.verdicts"),
}
"""The module of each name that is imported at its first use."""


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
    with warnings.catch_warnings():
        # MLflow's import asks a notebook for ipywidgets, which nothing here needs.
        warnings.filterwarnings("ignore", "IProgress not found")
        return getattr(import_module(FROM_API[name]), name)
