"""Fits from a script or a notebook: hierbench.run, sweep and reproduce, with real workers."""

import os
import signal
import sys
import threading
from dataclasses import replace
from multiprocessing import forkserver

import pytest

import hierbench
from hierbench.api import fitting
from hierbench.executors.pool import one_worker
from hierbench.locks import held, released
from hierbench.reproduction import there
from hierbench.sweeps.stored import find_sweep
from hierbench.tracking import cells_of, latest_sweep, read, unfinished
from tests.integration.sweeps import faulty
from tests.integration.sweeps.sweeping import (
    DATA,
    SAMPLER,
    beside,
    empty_store,
    pid_of,
    with_forms,
)
from tests.planted import built_by
from tests.waiting import finished, until

TINY = {
    **{f"data.{key}".removesuffix(".name"): value for key, value in DATA.items()},
    **{f"sampler.{key}": value for key, value in SAMPLER.items()},
    "plots": "none",
}

SCRIPT = f"""
import numpy
import hierbench
with open("starts", "a") as file:
    file.write("once\\n")
found = hierbench.sweep(seed=[1, 2, 3, 4], workers=2, **{TINY!r})
assert found.good
"""
"""Without `if __name__ == "__main__"`, and with NumPy imported before anything is set."""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """What `hierbench.sweep` gives for four cells, the store's URI, and what it printed."""
    store = empty_store(tmp_path_factory.mktemp("swept"))
    found = hierbench.sweep(
        "seed=1,2",
        parameterization=["centered", "noncentered"],
        workers=2,
        store=store.location.uri,
        **TINY,
    )
    return store, found


def test_sweep_runs_every_combination(swept):
    store, found = swept
    assert (found.good, found.failed) == (True, ())
    cells = found.cells
    assert {
        (of, seed) for of, seed in zip(cells["parameterization"], cells["seed"], strict=True)
    } == {(form, seed) for form in ("centered", "noncentered") for seed in "12"}
    assert set(found.run_ids) == {run.run_id for run in cells_of(store, found.sweep_id)}


def test_sweep_is_kept_as_the_command_lines(swept):
    store, found = swept
    run = find_sweep(store, found.sweep_id)
    assert run.status == "FINISHED"
    assert run.tags["command"].startswith("hierbench sweep seed=1,2 parameterization=centered,nonc")


def test_sweep_shows_its_settings(swept):
    _, found = swept
    assert found.compared.settings["parameterization"].tolist() != []
    for shown in (repr(found), found._repr_html_()):
        assert "noncentered" in shown
        assert f"sweep {found.sweep_id}" in shown
    assert "<table>" in found._repr_html_()


def test_sweep_that_has_ended_is_free_for_resume(swept):
    store, found = swept
    lock = store.location.sweeps / found.sweep_id / "lock"
    assert held(lock)
    released(lock)


@pytest.mark.slow
def test_script_without_a_guard_is_run_once_and_draws_as_the_program_does(calm, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    threads = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = finished([sys.executable, str(script)], "a script", cwd=tmp_path, env=threads)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "starts").read_text() == "once\n"
    cells = hierbench.runs(store=f"sqlite:///{tmp_path}/runs/mlflow.db")
    assert dict(zip(cells["cell_key"], cells["draws_digest"], strict=True)) == calm.digests()


def test_run_is_that_of_a_sweep(swept):
    store, found = swept
    one = hierbench.run(parameterization="centered", seed=2, store=store.location.uri, **TINY)
    (same,) = found.cells.query("parameterization == 'centered' and seed == '2'").to_dict("records")
    assert one.result.tags["draws_digest"] == same["draws_digest"]
    assert (one.status, one.failure) == ("FINISHED", "")
    assert one.metrics["r_hat_max"] == same["r_hat_max"]
    assert f"run {one.run_id}" in repr(one)
    assert "r_hat_max" in one._repr_html_()


def test_run_that_fails_says_why(store, monkeypatch):
    fails_in(monkeypatch, "single_cell", faulty.raises)
    one = hierbench.run(store=store.location.uri, **TINY)
    assert (one.status, one.passed) == ("FAILED", False)
    assert "no such model" in one.failure
    assert one.failure in repr(one)


def test_reproduce_is_identical(swept):
    store, found = swept
    again = hierbench.reproduce(found.run_ids[0], store=store.location.uri)
    assert again.verdict == "IDENTICAL"
    assert again.reasons == ("all draws are equal, bit for bit",)
    assert again.reproduction.recorded.run_id == found.run_ids[0]
    for shown in (repr(again), again._repr_html_()):
        assert "IDENTICAL" in shown


@pytest.mark.slow
def test_validate_judges_what_it_fits(store, capfd):
    found = hierbench.validate(
        store=store.location.uri,
        parameterization=["marginal", "noncentered"],
        likelihood="sufficient",
        **TINY,
    )
    assert capfd.readouterr() == ("", "")
    assert sorted(found.table["setting"]) == ["marginal", "noncentered"]
    assert set(found.table["verdict"]) <= {"agrees", "undecided"}
    assert found.good
    (sweep_id,) = found.sweep_ids
    assert find_sweep(store, sweep_id).tags["command"].startswith("hierbench validate ")


def test_nothing_is_printed(swept, capfd):
    store, found = swept
    hierbench.sweep(store=store.location.uri, **TINY)
    hierbench.reproduce(found.run_ids[0], store=store.location.uri)
    assert capfd.readouterr() == ("", "")


def test_workers_are_told_how_to_reach_a_store_after_their_server_began(swept, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "new")
    with one_worker() as call:
        assert call(os.getenv, "MLFLOW_TRACKING_TOKEN") == "new"


def test_worker_that_dies_is_one_sentence():
    died = pytest.raises(hierbench.SamplingError, match="was ended with exit code 3; try again")
    with died, one_worker() as call:
        call(os._exit, 3)


def test_flags_that_workers_would_not_see_are_refused(swept, monkeypatch):
    monkeypatch.setenv("PYTENSOR_FLAGS", "optimizer=None")
    with pytest.raises(hierbench.ConfigError, match=r"^PYTENSOR_FLAGS: changed since"):
        hierbench.sweep(**TINY)


def test_fork_server_of_python_is_left_alone(swept):
    assert forkserver._forkserver._forkserver_pid is None
    assert forkserver._forkserver._preload_modules == ["__main__"]


def test_progress_is_shown_when_asked(store, capfd):
    hierbench.sweep(store=store.location.uri, progress=True, seed=[1, 2], **TINY)
    out, err = capfd.readouterr()
    assert out == ""
    assert "[1/2]" in err
    assert "[2/2]" in err


def fails_in(monkeypatch, name, build):
    """Let what the API plans have another model builder."""
    planned = getattr(fitting, name)

    def changed(overrides):
        found = planned(overrides)
        if name == "composed":
            return with_forms(found, dict.fromkeys((1, 2, 3, 4), build))
        return with_form(found, build)

    monkeypatch.setattr(fitting, name, changed)


def with_form(cell, build):
    """Return a cell with another model builder."""
    return replace(cell, form=built_by(cell.form, build, build.__name__))


def waits_there(location, experiment_id, run_id, accept_data, model_file):
    """Read a run whose new fit will wait to be ended."""
    recorded = there.recorded_run(there.connect(location, experiment_id), run_id)
    return replace(recorded, cell=with_form(recorded.cell, faulty.waits))


def interrupted(store, call):
    """Call, and press Ctrl-C once a cell of the store waits."""

    def waits():
        places = [file.parent for file in store.location.sweeps.rglob("record.json")]
        return any(faulty.waiting(pid_of(read(place))) for place in places)

    def press(over: threading.Event) -> None:
        until(lambda: over.is_set() or waits(), "a cell to wait")
        if not over.is_set():  # the call has failed: Ctrl-C would end the tests
            os.kill(os.getpid(), signal.SIGINT)

    with beside(press), pytest.raises(KeyboardInterrupt):
        call()


def test_interrupted_sweep_is_closed_and_free(store, monkeypatch):
    fails_in(monkeypatch, "composed", faulty.waits)
    sweeps = store.location.sweeps
    interrupted(store, lambda: hierbench.sweep(store=store.location.uri, seed=[1, 2], **TINY))
    sweep = latest_sweep(store)
    assert sweep.status == "KILLED"
    assert {str(cell.status) for cell in cells_of(store, sweep.run_id)} == {"KILLED"}
    assert unfinished(store) == []
    assert held(sweeps / sweep.run_id / "lock")


def test_interrupted_run_is_closed(store, monkeypatch):
    fails_in(monkeypatch, "single_cell", faulty.waits)
    interrupted(store, lambda: hierbench.run(store=store.location.uri, **TINY))
    assert hierbench.runs(store=store.location.uri)["status"].tolist() == ["KILLED"]


def test_interrupted_reproduction_is_closed(swept, monkeypatch):
    store, found = swept
    monkeypatch.setattr(there, "read_there", waits_there)
    interrupted(
        store,
        lambda: hierbench.reproduce(found.run_ids[0], store=store.location.uri),
    )
    assert unfinished(store) == []
