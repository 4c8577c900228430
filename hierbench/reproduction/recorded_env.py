"""Reproducing in the environment of the recorded commit.

Lock file and code come from the user's own git repository, in a temporary worktree; nothing of
the store is installed or executed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hierbench.environment import FLAGS, THREADS, cache_folder
from hierbench.errors import StoreError
from hierbench.provenance import differences
from hierbench.provenance.fingerprint import CHECKOUT, git, packages
from hierbench.reproduction.record import finished_cell, provenance_of
from hierbench.scratch import in_scratch
from hierbench.shown import printable, say
from hierbench.tether import tied_command
from hierbench.tracking import Store

__all__ = ["knows", "recorded_commit", "reproduce_there"]

HEX = frozenset("0123456789abcdef")
PREFIX = "hierbench-recorded-"
OF_THIS_ENVIRONMENT = {
    *THREADS,
    *("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME"),
    *("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEFILES"),
    *("UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_SYSTEM_PYTHON", "UV_CONSTRAINT", "UV_OVERRIDE"),
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"),
}
"""Variables that would make the other environment depend on this one."""


def recorded_commit(store: Store, run_id: str) -> str:
    """Return the commit that a run was made at, when the user's repository has it.

    Raises
    ------
    StoreError
        If it is not at hand; it says which packages differ and how to get them.
    """
    run = finished_cell(store, run_id)
    ran_on = provenance_of(store, run)["ran_on"]
    commit = ran_on["code"]["commit"] or ""
    if not is_at_hand(commit):
        raise StoreError(f"{run.run_id}: {not_at_hand(commit, ran_on)}")
    if ran_on["code"]["dirty"]:
        say("the run had changes beyond its commit, which are left out", file=sys.stderr)
    return str(commit)


def is_at_hand(commit: str) -> bool:
    """Return whether the user's repository has `commit`."""
    if len(commit) != 40 or not HEX.issuperset(commit):
        return False
    return git("cat-file", "-e", f"{commit}^{{commit}}") is not None


def knows(commit: str, option: str) -> bool:
    """Return whether the program of `commit` has a command-line `option`."""
    return git("grep", "-q", "-F", "-e", option, commit, "--", "hierbench/cli") is not None


def not_at_hand(commit: str, ran_on: Mapping[str, Any]) -> str:
    """Return what to do where the recorded commit is not in the user's repository."""
    changed = differences(ran_on["packages"], packages())
    what = f"packages that differ: {'; '.join(changed)}" if changed else "no package differs"
    return (
        f"its commit {printable(commit) or 'was not recorded'} is not in the git repository of "
        f"this hierbench; fetch it there, or install the run's requirements.txt yourself after "
        f"reading it ({what})"
    )


def reproduce_there(commit: str, words: Sequence[str], folder: Path, uri: str) -> int:
    """Set up `commit` in a temporary worktree and run `hierbench` there with `words`.

    Parameters
    ----------
    folder : Path
        Working folder of that program, from which relative paths are read.
    uri : str
        The store. It goes into the program's environment: others see a command line, and the URI
        may have a password.

    Raises
    ------
    StoreError
        If the worktree or its environment cannot be made.
    """
    environment = clean_environment(os.environ)
    remove_stale()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:
        tree = Path(name) / "recorded"
        add = ["git", "-C", str(CHECKOUT), "-c", "core.hooksPath=/dev/null", "worktree", "add"]
        try:
            must([*add, "--detach", str(tree), commit], commit, environment)
            must(["make", "-C", str(tree), "setup"], commit, environment)
            program = [str(tree / ".venv" / "bin" / "hierbench"), *words]
            tied = tied_command(program)
            at_store = {**environment, "MLFLOW_TRACKING_URI": uri}
            return subprocess.run(tied, cwd=folder, env=at_store, check=False).returncode
        finally:
            git("worktree", "remove", "--force", str(tree))


def must(words: Sequence[str], commit: str, environment: Mapping[str, str]) -> None:
    """Run a program, its output on standard error.

    Raises
    ------
    StoreError
        If it fails.
    """
    try:
        tied = tied_command(words)
        done = subprocess.run(tied, stdout=sys.stderr, stderr=sys.stderr, env=environment)
        subprocess.CompletedProcess(words, done.returncode).check_returncode()
    except (OSError, subprocess.CalledProcessError) as err:
        raise StoreError(
            f"commit {commit[:8]} could not be set up ({err}); mend what the lines above say, or "
            "reproduce in this environment with --env this"
        ) from err


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without what belongs to this program's own Python and caches."""
    kept = {name: text for name, text in environment.items() if name not in OF_THIS_ENVIRONMENT}
    ours = {str(Path(sys.prefix) / "bin")}
    if environment.get("VIRTUAL_ENV"):
        ours.add(str(Path(environment["VIRTUAL_ENV"]) / "bin"))
    folders = environment.get("PATH", os.defpath).split(os.pathsep)
    kept["PATH"] = os.pathsep.join(folder for folder in folders if folder not in ours)
    if Path(kept.get("NUMBA_CACHE_DIR", "")).is_relative_to(cache_folder()):
        del kept["NUMBA_CACHE_DIR"]
    flags = {**FLAGS, "base_compiledir": str(cache_folder() / "pytensor")}
    set_by_us = ",".join(f"{name}={value}" for name, value in flags.items())
    kept["PYTENSOR_FLAGS"] = kept.get("PYTENSOR_FLAGS", "").removeprefix(set_by_us).lstrip(",")
    return kept


def remove_stale() -> None:
    """Remove the worktrees of reproductions whose process is gone."""
    listed = (git("worktree", "list", "--porcelain") or "").splitlines()
    for line in listed:
        tree = Path(line.removeprefix("worktree "))
        ours = line.startswith("worktree ") and tree.parent.name.startswith(PREFIX)
        if ours and is_left(tree.parent):
            git("worktree", "remove", "--force", str(tree))
            shutil.rmtree(tree.parent, ignore_errors=True)


def is_left(folder: Path) -> bool:
    """Return whether the process that reproduced in `folder` is gone.

    The start of every program clears the folders for temporary files that are nobody's: what is
    in such a one is in use, in a container that counts processes by itself perhaps.
    """
    if not folder.exists():
        return True
    if in_scratch(folder):
        return False
    owner = folder.name.removeprefix(PREFIX).partition("-")[0]
    return owner.isdigit() and not Path("/proc", owner).exists()
