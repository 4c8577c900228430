"""What a fit ran on: code, packages, machine, threads, flags; and provenance.json.

provenance.json, schema version 1, is one JSON object. Every part is there unless it says null.

schema
    Integer, its version. A reader refuses a newer one.
cell_key, fingerprint
    32 hexadecimal digits: the hashes of `asked` and of `ran_on` (sha256 of their JSON, keys
    sorted, no spaces), as the run's tags have them.
asked
    What was asked: arrays_sha256 (of the data's x, y, group and labels), model, hyperprior
    (family; scales, a number each, prior.scale multiplied in), parameterization, likelihood,
    sampler (name, draws, tune, chains, target_accept, max_treedepth; adaptation when it is not
    diag), seed.
model
    Of a user's model alone. name. sha256: of the bytes of its file and of the local modules that
    it imports; syntax_sha256: of their syntax, without comments and docstrings. definitions: the
    hash of each name that the file gives, and of each of those modules.
ran_on.code
    commit, branch, dirty: of the git checkout, null for an installed wheel. sources_sha256: of
    all the package's sources. modules: of each of them, by its path, the first 16 digits.
ran_on.python, .os, .libc
    Version of Python; the platform; the C library and its version.
ran_on.packages
    Version of every installed package, by its normalised name.
ran_on.lock_sha256
    Of the checkout's requirements.lock, null for an installed wheel.
ran_on.cpu
    name and features (a list) as LLVM sees them, cores.
ran_on.blas
    Library, version, kernel and threads of every BLAS that is loaded.
ran_on.threads
    The environment's thread settings, by variable.
ran_on.flags
    All else that the environment tells PyTensor, numba, JAX and the BLAS, by variable, without the
    folders of caches: draws do not depend on these.
ran_on.sampler
    name, backend (numba, jax or stanli), and what its functions were compiled with: PyTensor's
    flags, or the versions of JAX, of the sampler or of stanli.
ran_on.cores_per_cell, .affinity_cores
    Chains that ran at once; cores that the process could use.
"""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import llvmlite.binding
import scipy.linalg
from threadpoolctl import threadpool_info

from hierbench.environment import THREADS
from hierbench.provenance.digest import code_sha256, module_hashes
from hierbench.provenance.schema import SCHEMA_VERSION
from hierbench.records import fingerprint_of
from hierbench.shown import redacted

__all__ = ["CHECKOUT", "Provenance", "git", "git_diff", "packages", "requirements", "took_place"]

CHECKOUT = Path(__file__).resolve().parents[2]
MAX_DIFF_BYTES = 4 * 2**20
TOLD_BY = ("PYTENSOR_", "NUMBA_", "OPENBLAS_", "MKL_", "GOTO_", "BLIS_", "OMP_", "JAX_", "XLA_")
CACHES = ("NUMBA_CACHE_DIR", "base_compiledir", "compiledir")


@dataclass(frozen=True)
class Provenance:
    """Both halves of a run's identity, in the open.

    Attributes
    ----------
    asked : mapping
        What was asked of the cell; its hash is the cell_key.
    ran_on : mapping
        What it ran on; its hash is the fingerprint.
    model : mapping or None
        Name and hashes of the file of a user's model; None for a shipped one.
    """

    asked: Mapping[str, Any]
    ran_on: Mapping[str, Any]
    model: Mapping[str, Any] | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of what it ran on."""
        return fingerprint_of(self.ran_on)

    def content(self) -> dict[str, Any]:
        """Return the content of provenance.json."""
        return {
            "schema": SCHEMA_VERSION,
            "cell_key": fingerprint_of(self.asked),
            "fingerprint": self.fingerprint,
            "asked": self.asked,
            "ran_on": self.ran_on,
            **({"model": self.model} if self.model else {}),
        }


def took_place(sampler: Mapping[str, str], cores: int) -> dict[str, Any]:
    """Return what a fit in this process runs on, `cores` chains at once.

    Parameters
    ----------
    sampler : mapping of str to str
        Name and backend of the sampler, and the flags that its functions are compiled with.
    """
    return {
        **machine_and_code(),
        "sampler": dict(sampler),
        "cores_per_cell": cores,
        "affinity_cores": len(os.sched_getaffinity(0)),
    }


@cache
def machine_and_code() -> dict[str, Any]:
    """Return all that does not change while a process lives."""
    features = sorted(name for name, on in llvmlite.binding.get_host_cpu_features().items() if on)
    code = {"sources_sha256": code_sha256(), "modules": module_hashes()}
    return {
        "code": {**git_state(), **code},
        "python": platform.python_version(),
        "packages": packages(),
        "lock_sha256": lock_sha256(),
        "cpu": {
            "name": llvmlite.binding.get_host_cpu_name(),
            "features": features,
            "cores": os.cpu_count(),
        },
        "blas": blas(),
        "threads": {name: os.environ.get(name, "") for name in THREADS},
        "flags": flags_of(os.environ),
        "os": platform.platform(),
        "libc": "-".join(platform.libc_ver()),
    }


def flags_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment tells PyTensor, numba and the BLAS, less threads and caches.

    >>> flags_of({"PYTENSOR_FLAGS": "a=1,base_compiledir=/x,a=2", "NUMBA_OPT": "1", "HOME": "/h"})
    {'NUMBA_OPT': '1', 'PYTENSOR_FLAGS': 'a=1,a=2'}
    """
    told = {name: text for name, text in sorted(environment.items()) if name.startswith(TOLD_BY)}
    words = told.get("PYTENSOR_FLAGS", "").split(",")
    kept = [word for word in words if word.partition("=")[0].strip() not in CACHES]
    told["PYTENSOR_FLAGS"] = ",".join(kept)
    passed_over = {*THREADS, *CACHES}
    return {name: redacted(text) for name, text in told.items() if text and name not in passed_over}


def blas() -> str:
    """Return library, version, kernel and threads of every BLAS, SciPy's own included."""
    scipy.linalg.norm([1.0])  # loads it
    found = {
        f"{pool['internal_api']} {pool['version']} {pool.get('architecture', '')} "
        f"x{pool['num_threads']}"
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    }
    return ", ".join(sorted(found))


@cache
def packages() -> dict[str, str]:
    """Return the version of every installed package, by its normalised name.

    Looked up once in a process: it takes as long as a sixth of a short cell's other work.
    """
    found = {dist.name.lower().replace("_", "-"): dist.version for dist in distributions()}
    return dict(sorted(found.items()))


def requirements() -> str:
    """Return the installed packages as a requirements file."""
    ours = {"hierbench"}
    return "".join(f"{name}=={text}\n" for name, text in packages().items() if name not in ours)


def lock_sha256() -> str | None:
    """Return the hash of the checkout's lock file, None for an installed wheel."""
    lock = CHECKOUT / "requirements.lock"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None


def git_state() -> dict[str, Any]:
    """Return commit, branch and whether anything differs from it; None for a wheel."""
    commit = git("rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "branch": None, "dirty": None}
    dirty = bool(git("status", "--porcelain", "--untracked-files=no", "--", "."))
    return {"commit": commit, "branch": git("rev-parse", "--abbrev-ref", "HEAD"), "dirty": dirty}


def git_diff() -> str | None:
    """Return what differs from the commit, None when nothing does or it is over 4 MiB."""
    diff = git("diff", "--binary", "HEAD")
    return diff if diff and len(diff) <= MAX_DIFF_BYTES else None


def git(*words: str) -> str | None:
    """Return what git says of the checkout, None where the package does not lie in its own."""
    if not (CHECKOUT / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.rstrip("\n")
