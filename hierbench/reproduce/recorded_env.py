"""Reproducing in the environment of the recorded commit.

Lock file and code come from the user's own git repository, in a temporary worktree; nothing of
the store is installed or executed.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hierbench.errors import StoreError
from hierbench.provenance import differences
from hierbench.provenance.fingerprint import CHECKOUT, git, packages
from hierbench.tracking import Store, find_run
from hierbench.tracking.recorded import recorded_provenance

__all__ = ["recorded_commit", "reproduce_there"]

HEX = frozenset("0123456789abcdef")


def recorded_commit(store: Store, run_id: str) -> str:
    """Return the commit that a run was made at, when the user's repository has it.

    Raises
    ------
    StoreError
        If it is not at hand; it says which packages differ and how to get them.
    """
    run = find_run(store, run_id)
    with tempfile.TemporaryDirectory() as name:
        ran_on = recorded_provenance(store, run.run_id, Path(name))["ran_on"]
    code = ran_on.get("code") or {}
    commit = str(code.get("commit", ""))
    if (
        len(commit) == 40
        and HEX.issuperset(commit)
        and git("cat-file", "-e", f"{commit}^{{commit}}") is not None
    ):
        return commit
    raise StoreError(f"{run.run_id}: {not_at_hand(commit, ran_on)}")


def not_at_hand(commit: str, ran_on: Mapping[str, Any]) -> str:
    """Return what to do where the recorded commit is not in the user's repository."""
    recorded = ran_on.get("packages")
    changed = differences(recorded, packages()) if isinstance(recorded, Mapping) else []
    what = f"packages that differ: {'; '.join(changed)}" if changed else "no package differs"
    return (
        f"its commit {commit or 'was not recorded'} is not in the git repository of this "
        f"hierbench; fetch it there, or install the run's requirements.txt yourself after "
        f"reading it ({what})"
    )


def reproduce_there(commit: str, words: Sequence[str], folder: Path) -> int:
    """Set up `commit` in a temporary worktree and run `hierbench` there with `words`.

    Parameters
    ----------
    folder : Path
        Working folder of that program, from which relative paths are read.
    """
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "recorded"
        add = ["git", "-C", str(CHECKOUT), "worktree", "add", "--detach", str(tree), commit]
        remove = ["git", "-C", str(CHECKOUT), "worktree", "remove", "--force", str(tree)]
        subprocess.run(add, check=True, stdout=sys.stderr, stderr=sys.stderr)
        try:
            setup = ["make", "-C", str(tree), "setup"]
            subprocess.run(setup, check=True, stdout=sys.stderr, stderr=sys.stderr)
            program = [str(tree / ".venv" / "bin" / "hierbench"), *words]
            return subprocess.run(program, cwd=folder, check=False).returncode
        finally:
            subprocess.run(remove, check=True, stdout=sys.stderr, stderr=sys.stderr)
