"""What is set before NumPy is imported; the user's own flags win."""

import os

import pytest

from hierbench.environment import FLAGS, PATIENCE, THREADS, cache_folder, prepare


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
    os.environ["PYTENSOR_FLAGS"] = "floatX=float32"
    prepare()
    assert flags()["floatX"] == "float32"


@pytest.mark.parametrize("name", FLAGS)
def test_prepare_lets_the_users_flags_win(name):
    os.environ["PYTENSOR_FLAGS"] = f"{name}=theirs"
    prepare()
    assert flags()[name] == "theirs"


def test_prepare_twice_is_prepare_once():
    os.environ["PYTENSOR_FLAGS"] = "floatX=float32"
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
