"""What is set before NumPy is imported; the user's own flags win."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from hierbench.environment import (
    FLAGS,
    PATIENCE,
    THREADS,
    cache_folder,
    cache_home,
    prepare,
    spare_home,
)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, tmp_path):
    """Give each test an environment without ours, put back at its end."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    for name in (*THREADS, *PATIENCE, "PYTENSOR_FLAGS", "NUMBA_CACHE_DIR", "MPLBACKEND"):
        os.environ.pop(name, None)
    os.environ["XDG_CACHE_HOME"] = str(tmp_path)


def flags():
    """Return PyTensor's flags by name; where one stands twice, PyTensor takes the last."""
    words = os.environ["PYTENSOR_FLAGS"].split(",")
    return dict(word.split("=", 1) for word in words)


def test_prepare_leaves_one_thread_inside_a_chain():
    prepare()
    assert {os.environ[name] for name in THREADS} == {"1"}


def test_prepare_overrides_the_users_threads():
    os.environ["OMP_NUM_THREADS"] = "8"
    prepare()
    assert os.environ["OMP_NUM_THREADS"] == "1"


def test_prepare_sets_our_flags():
    prepare()
    assert {name: flags()[name] for name in FLAGS} == FLAGS


def test_prepare_keeps_the_users_flags():
    os.environ["PYTENSOR_FLAGS"] = "optimizer=None"
    prepare()
    assert flags()["optimizer"] == "None"


@pytest.mark.parametrize("name", FLAGS)
def test_prepare_lets_the_users_flags_win(name):
    os.environ["PYTENSOR_FLAGS"] = f"{name}=theirs"
    prepare()
    assert flags()[name] == "theirs"


def test_prepare_twice_is_prepare_once():
    os.environ["PYTENSOR_FLAGS"] = "optimizer=None"
    prepare()
    once = dict(os.environ)
    prepare()
    assert os.environ == once


def test_prepare_keeps_the_users_numba_cache():
    os.environ["NUMBA_CACHE_DIR"] = "/theirs"
    prepare()
    assert os.environ["NUMBA_CACHE_DIR"] == "/theirs"


def test_prepare_sends_nothing_to_mlflows_makers():
    os.environ.pop("MLFLOW_DISABLE_TELEMETRY", None)
    prepare()
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_cache_folder_lies_in_the_users_cache(tmp_path):
    assert cache_folder().parent == tmp_path / "hierbench"


@pytest.mark.parametrize("name", ["pytensor", "numba", "llvmlite"])
def test_cache_folder_names_the_version_of_what_compiles(name):
    assert name in cache_folder().name


def test_prepare_makes_mlflow_give_up_sooner():
    prepare()
    assert PATIENCE.items() <= os.environ.items()


def test_prepare_keeps_the_users_patience():
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = "600"
    prepare()
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "600"


def test_prepare_keeps_mlflows_bars_from_between_our_lines():
    os.environ.pop("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", None)
    prepare()
    assert os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] == "false"


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    """Give the folder of temporary files, and a spare folder that is looked for again."""
    monkeypatch.setenv("HIERBENCH_TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    spare_home.cache_clear()
    yield tmp_path / "temporary"
    spare_home.cache_clear()


def test_cache_that_cannot_be_written_is_replaced_by_one_of_this_user_alone(temporary):
    os.environ["XDG_CACHE_HOME"] = "/dev/null/cache"
    folder = cache_home()
    assert folder.parent == temporary
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert cache_home() == folder


def test_user_without_home_or_entry_has_a_cache_all_the_same(temporary, monkeypatch):
    def nobody(_):
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME")
    prepare()
    assert Path(os.environ["NUMBA_CACHE_DIR"]).is_relative_to(temporary)
    assert Path(os.environ["MPLCONFIGDIR"]).is_relative_to(temporary)


def test_folder_that_others_can_write_is_not_used_as_a_cache(temporary):
    os.environ["XDG_CACHE_HOME"] = "/dev/null/cache"
    planted = temporary / f"hierbench-cache-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    assert cache_home() != planted
    assert stat.S_IMODE(cache_home().stat().st_mode) == 0o700


def test_prepare_draws_without_a_notebook():
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    prepare()
    assert os.environ["MPLBACKEND"] == "agg"


def test_prepare_fits_in_float64_whatever_the_users_file_says():
    prepare()
    assert flags()["floatX"] == "float64"


def test_cache_that_cannot_be_made_is_elsewhere(monkeypatch, tmp_path):
    """The system may call a place writable in which nothing can be made, as /proc for root."""
    os.environ |= {"XDG_CACHE_HOME": "/proc/cache", "HIERBENCH_TMPDIR": str(tmp_path)}
    monkeypatch.setattr(os, "access", lambda *_: True)
    spare_home.cache_clear()
    assert cache_home().parent == tmp_path
    spare_home.cache_clear()
