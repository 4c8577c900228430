"""What must be set before NumPy and PyTensor are imported, so that equal cells give equal bits."""

import os
import stat
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

__all__ = [
    "FLAGS",
    "PATIENCE",
    "THREADS",
    "cache_folder",
    "cache_home",
    "compiled_folder",
    "prepare",
    "quiet_mlflow",
    "user_folder",
]

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""Threads inside one chain: their number changes the order of sums and with it the last bits."""

FLAGS = {"numba__fastmath": "False", "numba__cache": "True", "floatX": "float64"}
"""PyTensor's settings. With fast-math a cold and a warm numba cache give different draws; another
floatX may stand in the user's .pytensorrc."""

PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "30", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
"""For a server that falls silent: MLflow's own 120 s and 7 retries are a quarter of an hour."""

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""MLflow reports to nobody, draws no bar for each file that it fetches, and prints no address of
a run, which would have the password of the store's and stand in the middle of `--json`."""


def cache_home() -> Path:
    """Return the folder of all that hierbench keeps of compiled functions.

    It lies in the user's own cache folder, and where that cannot be written among the temporary
    files.
    """
    own = user_folder("XDG_CACHE_HOME", ".cache")
    if own is not None and made(own / "hierbench"):
        return own / "hierbench"
    return spare_home()


def compiled_folder() -> Path:
    """Return the folder of what nutpie compiled; the files' keys tell versions apart."""
    return cache_home() / "compiled"


def cache_folder() -> Path:
    """Return the folder of PyTensor's and numba's own caches, one per version of them."""
    versions = "-".join(f"{name}{version(name)}" for name in ("pytensor", "numba", "llvmlite"))
    return cache_home() / versions


def user_folder(variable: str, name: str) -> Path | None:
    """Return the folder that `variable` names, else `name` in the home; None without a home."""
    if os.environ.get(variable):
        return Path(os.environ[variable])
    try:
        return Path.home() / name
    except RuntimeError:  # neither HOME nor an entry for this user
        return None


def made(folder: Path) -> bool:
    """Return whether `folder` is there, made now if need be, and can be written.

    It is tried and not asked: of some places the system says that they can be written, and makes
    nothing there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


@cache
def spare_home() -> Path:
    """Make and return a folder among the temporary files for what is compiled.

    Machine code is run from it, so it belongs to this user alone: where another user has made a
    folder of that name, it is a new one that lasts as long as this process.
    """
    temporary = os.environ.get("HIERBENCH_TMPDIR") or tempfile.gettempdir()
    folder = Path(temporary) / f"hierbench-cache-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="hierbench-cache-"))
    others = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & others:
        return folder
    return Path(tempfile.mkdtemp(prefix="hierbench-cache-"))


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
    # A notebook's own backend is no module of this process, and nothing is shown on a screen.
    os.environ["MPLBACKEND"] = "agg"
    settings = user_folder("XDG_CONFIG_HOME", ".config")
    if settings is None or not made(settings / "matplotlib"):
        os.environ.setdefault("MPLCONFIGDIR", str(cache_home() / "matplotlib"))
    quiet_mlflow()


def quiet_mlflow() -> None:
    """Let MLflow report to nobody, print no bars and not wait for ever, unless the user says so."""
    for name, value in {**QUIET, **PATIENCE}.items():
        os.environ.setdefault(name, value)
