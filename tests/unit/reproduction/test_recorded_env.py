"""The recorded environment depends on nothing of this one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hierbench.environment import cache_folder, prepare
from hierbench.errors import StoreError
from hierbench.reproduction import recorded_env
from hierbench.reproduction.recorded_env import (
    PREFIX,
    clean_environment,
    is_at_hand,
    is_left,
    must,
    reproduce_there,
)


@pytest.mark.parametrize(
    "name",
    ["VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "UV_PYTHON", "GIT_DIR", "OMP_NUM_THREADS"],
)
def test_environment_leaves_out_what_is_ours(name):
    assert name not in clean_environment({name: "x"})


@pytest.mark.parametrize("name", ["HOME", "UV_INDEX_URL", "MLFLOW_TRACKING_TOKEN", "HTTPS_PROXY"])
def test_environment_keeps_what_is_the_users(name):
    assert clean_environment({name: "x"})[name] == "x"


def test_environment_path_is_without_this_python():
    ours = str(Path(sys.prefix) / "bin")
    found = clean_environment(
        {"PATH": f"/a{os.pathsep}{ours}{os.pathsep}/v/bin", "VIRTUAL_ENV": "/v"}
    )
    assert found["PATH"] == "/a"


def test_environment_keeps_the_users_flags():
    found = clean_environment({**os.environ, "PYTENSOR_FLAGS": "numba__fastmath=True"})
    assert found["PYTENSOR_FLAGS"] == "numba__fastmath=True"


def test_environment_drops_flags_of_prepare(monkeypatch):
    monkeypatch.setenv("PYTENSOR_FLAGS", "")
    prepare()
    assert clean_environment(os.environ)["PYTENSOR_FLAGS"] == ""


def test_environment_drops_the_cache_of_this_one():
    assert "NUMBA_CACHE_DIR" not in clean_environment(
        {"NUMBA_CACHE_DIR": f"{cache_folder()}/numba"}
    )


def test_environment_keeps_a_cache_of_the_users():
    assert clean_environment({"NUMBA_CACHE_DIR": "/mine"})["NUMBA_CACHE_DIR"] == "/mine"


@pytest.mark.parametrize("words", [["false"], ["no-such-program-at-all"]])
def test_setup_that_fails_is_one_sentence(words, capfd):
    with pytest.raises(StoreError, match="commit 01234567 could not be set up"):
        must(words, "0123456789", dict(os.environ))


@pytest.mark.parametrize("commit", ["", "HEAD", "main", "--all", "0" * 40, "g" * 40, "a" * 39])
def test_commit_not_at_hand(commit):
    assert not is_at_hand(commit)


def test_commit_at_hand():
    root = Path(__file__).parents[3]
    head = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True)
    if head.returncode:
        pytest.skip("no git checkout")
    assert is_at_hand(head.stdout.strip())


@pytest.mark.parametrize(
    ("place", "owner", "exists", "left"),
    [
        ("", "gone", True, True),
        ("", "ours", True, False),
        ("", "ours", False, True),
        # Another container's program, whose process nobody sees here, is not gone.
        ("hierbench-tmp-abc", "gone", True, False),
        ("hierbench-tmp-abc", "gone", False, True),
    ],
)
def test_worktree_is_left_by_a_process_that_is_gone(tmp_path, place, owner, exists, left):
    owners = {"gone": 2**22 + 1, "ours": os.getpid()}
    folder = tmp_path / place / f"{PREFIX}{owners[owner]}-xyz"
    if exists:
        folder.mkdir(parents=True)
    assert is_left(folder) is left


def test_the_store_is_on_no_command_line(monkeypatch, tmp_path):
    """Others see a command line, and the store's address may have a password."""
    lines, environments = [], []

    def run(words, **options):
        lines.append(" ".join(map(str, words)))
        environments.append(options["env"])
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(recorded_env, "git", lambda *words: None)
    uri = "http://me:PLANTED@host"
    assert reproduce_there("0" * 40, ["reproduce", "0123456789"], tmp_path, uri) == 0
    assert "reproduce 0123456789" in lines[-1]
    assert not any("PLANTED" in line for line in lines)
    assert environments[-1]["MLFLOW_TRACKING_URI"] == uri
