"""What a fit ran on and what it gave, as hashes; must not know models, samplers or MLflow."""

import hashlib
from pathlib import Path

import numpy as np

from hierbench.records import Fit

__all__ = ["code_sha256", "draws_digest"]


def draws_digest(fit: Fit, *, leave_out: frozenset[str] = frozenset()) -> str:
    """Hash the draws and sample statistics of `fit`: names, dtypes, shapes and bytes.

    `leave_out` names variables that are not stored.
    """
    digest = hashlib.sha256()
    for kind, arrays in (("posterior", fit.posterior), ("sample_stats", fit.sample_stats)):
        for name in sorted(set(arrays) - leave_out):
            value = np.ascontiguousarray(arrays[name])
            digest.update(f"{kind}/{name} {value.dtype.str} {value.shape}".encode())
            digest.update(value.tobytes())
    return digest.hexdigest()


def code_sha256() -> str:
    """Hash the package's own sources, so that an installed wheel can be told from another."""
    package = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
