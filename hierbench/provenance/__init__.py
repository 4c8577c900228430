"""What a fit was asked, what it ran on and what it gave; must not know models or MLflow."""

from hierbench.provenance.difference import differences
from hierbench.provenance.digest import code_sha256, digest_of, draws_digest
from hierbench.provenance.fingerprint import Provenance, git_diff, requirements, took_place
from hierbench.provenance.schema import fault_of, untagged

__all__ = [
    "Provenance",
    "code_sha256",
    "differences",
    "digest_of",
    "draws_digest",
    "fault_of",
    "git_diff",
    "requirements",
    "took_place",
    "untagged",
]
