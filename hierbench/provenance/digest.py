"""Hashes of draws and of the package's own sources."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from hierbench.records import Arrays, Fit

__all__ = ["code_sha256", "digest_of", "draws_digest", "module_hashes"]


def draws_digest(fit: Fit, *, leave_out: frozenset[str] = frozenset()) -> str:
    """Hash the draws and sample statistics of `fit`, without the variables in `leave_out`."""
    kept = {name: value for name, value in fit.posterior.items() if name not in leave_out}
    return digest_of(kept, fit.sample_stats)


def digest_of(posterior: Arrays, sample_stats: Arrays) -> str:
    """Hash names (sorted), dtypes, shapes and bytes; never timestamps or attributes."""
    digest = hashlib.sha256()
    for kind, arrays in (("posterior", posterior), ("sample_stats", sample_stats)):
        for name in sorted(arrays):
            value = np.ascontiguousarray(arrays[name])
            digest.update(f"{kind}/{name} {value.dtype.str} {value.shape}".encode())
            digest.update(value.tobytes())
    return digest.hexdigest()


@cache
def code_sha256() -> str:
    """Hash the package's own sources, so that an installed wheel can be told from another."""
    digest = hashlib.sha256()
    for name, path in sources().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@cache
def module_hashes() -> dict[str, str]:
    """Return the first 16 digits of each source's hash, by its path in the package."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in sources().items()
    }


def sources() -> dict[str, Path]:
    """Return the package's Python files, by their path in it."""
    package = Path(__file__).resolve().parents[1]
    return {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}
