"""What must be set before NumPy and PyTensor are imported, so that equal cells give equal bits."""

import os
from importlib.metadata import version
from pathlib import Path

__all__ = ["FLAGS", "PATIENCE", "THREADS", "cache_folder", "compiled_folder", "prepare"]

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""Threads inside one chain: their number changes the order of sums and with it the last bits."""

FLAGS = {"numba__fastmath": "False", "numba__cache": "True"}
"""PyTensor's settings. With fast-math a cold and a warm numba cache give different draws."""

PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "30", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
"""For a server that falls silent: MLflow's own 120 s and 7 retries are a quarter of an hour."""

QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}
"""MLflow reports to nobody, and draws no bar on stderr for each file that it fetches."""


def cache_home() -> Path:
    """Return the folder of all that hierbench keeps of compiled functions."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hierbench"


def compiled_folder() -> Path:
    """Return the folder of what nutpie compiled; the files' keys tell versions apart."""
    return cache_home() / "compiled"


def cache_folder() -> Path:
    """Return the folder of PyTensor's and numba's own caches, one per version of them."""
    versions = "-".join(f"{name}{version(name)}" for name in ("pytensor", "numba", "llvmlite"))
    return cache_home() / versions


def prepare() -> None:
    """Set threads, PyTensor's flags and caches in this process and those that it starts.

    Flags that the user gave in PYTENSOR_FLAGS are kept and win, and so is what the user tells
    MLflow.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    folder = cache_folder()
    flags = {**FLAGS, "base_compiledir": str(folder / "pytensor")}
    ours = ",".join(f"{name}={value}" for name, value in flags.items())
    theirs = os.environ.get("PYTENSOR_FLAGS", "").removeprefix(ours).lstrip(",")
    os.environ["PYTENSOR_FLAGS"] = f"{ours},{theirs}".rstrip(",")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(folder / "numba"))
    os.environ.setdefault("MPLBACKEND", "agg")
    for name, value in {**QUIET, **PATIENCE}.items():
        os.environ.setdefault(name, value)
