"""A server that stops answering costs nothing: `sync` brings in what waited, once."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from hierbench.tracking import cells_of, latest_sweep, locate, open_store
from tests.integration.sweeps.programs import TINY
from tests.integration.sweeps.sweeping import records
from tests.waiting import ended, until


def free_port():
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Return whether somebody listens at `port`."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def server(folder, port):
    """Give an MLflow server that has begun to answer; ended by SIGKILL."""
    words = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    backend = ["--backend-store-uri", f"sqlite:///{folder}/server.db"]
    artifacts = ["--artifacts-destination", str(folder / "kept")]
    folder.mkdir(exist_ok=True)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *words, *backend, *artifacts],
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until(lambda: listens(port), f"the server to listen on port {port}")
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        ended(process, "the server after SIGKILL")
        until(lambda: not listens(port), f"port {port} to be free")


def sent_below(folder):
    """Return how many cells the store has."""
    return sum(
        run.sent
        for place in (folder / "runs" / "sweeps").glob("*")
        if not place.name.startswith("opening")
        for run in records(place)
    )


@pytest.mark.slow
def test_store_away_after_the_third_cell(programs, tmp_path):
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    with server(tmp_path / "server", port):
        sweep = programs(
            "sweep", *TINY, "seed=range(1,9)", f"tracking.uri={uri}", "sampler.draws=1000"
        )
        until(lambda: sent_below(tmp_path) >= 3, "three cells to be sent")
    assert sweep.wait() == 1, sweep.printed
    assert "cells wait for the store: hierbench sync" in sweep.printed
    assert "Traceback" not in sweep.printed
    with server(tmp_path / "server", port):
        first = programs("sync", "--store", uri, "--json")
        assert first.wait() == 0, first.printed
        second = programs("sync", "--store", uri, "--json")
        assert second.wait() == 0, second.printed
        assert '{"sent": 0}' in second.printed
        store = open_store(locate(uri, tmp_path))
        parent = latest_sweep(store)
        cells = cells_of(store, parent.run_id)
        assert sorted(int(cell.params["seed"]) for cell in cells) == list(range(1, 9))
        assert {cell.status for cell in [parent, *cells]} == {"FINISHED"}
        assert all("ess_bulk_min" in cell.metrics for cell in cells)
        histories = [store.client.get_metric_history(cell.run_id, "r_hat_max") for cell in cells]
        assert [len(history) for history in histories] == [1] * 8
