"""Hashes of draws and of the package's own sources."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from hierbench.records import Arrays, Fit

__all__ = ["code_sha256", "digest_of", "draws_digest"]


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
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
