"""Seconds of a whole cell, against a clock around it and slow parts planted in it."""

from time import monotonic, process_time, sleep
from types import SimpleNamespace

import numpy as np
import pytest

from hierbench.cell import CellPlace, fit, running, telling
from hierbench.cell.running import CompiledModels, run_cell
from hierbench.process import cpu_seconds
from tests.unit.cell.test_fit import drawn, planned

FIT, WRITING, SENDING, BURNT = 0.1, 0.02, 0.1, 0.02


def burn(seconds):
    """Keep a core busy for that many CPU seconds."""
    end = process_time() + seconds
    while process_time() < end:
        pass


@pytest.fixture
def slow(monkeypatch):
    """Plant a fit that waits and works, a slow disk and a slow store; give what each took."""
    taken = {}

    def planted(name, *, waits, works=0.0, gives=None):
        def part(*values, **_):
            start = monotonic()
            burn(works)
            sleep(waits)
            taken[name] = monotonic() - start
            return gives(values) if gives else None

        return part

    provenance = SimpleNamespace(fingerprint="none")
    monkeypatch.setattr(running, "Provenance", lambda *_: provenance)
    monkeypatch.setattr(running, "took_place", lambda *_: None)
    monkeypatch.setattr(running, "write_provenance", lambda *_: None)
    monkeypatch.setattr(running, "open_run", lambda store, folder, run: run)
    monkeypatch.setattr(running, "fit_cell", planted("fit", waits=FIT, works=BURNT))
    monkeypatch.setattr(running, "write_fit", planted("write", waits=WRITING))
    monkeypatch.setattr(running, "wants_plots", lambda *_: False)
    monkeypatch.setattr(running, "found", lambda fitted, seconds, place: (dict(seconds), {}))
    monkeypatch.setattr(
        running, "sent", planted("send", waits=SENDING, gives=lambda values: values[-1])
    )
    return taken


def test_elapsed_seconds_are_those_of_the_cell_without_its_upload(slow, tmp_path):
    start = monotonic()
    metrics = run_cell(planned(), None, CompiledModels(), CellPlace(tmp_path, 1)).metrics
    whole = monotonic() - start
    least = slow["fit"] + slow["write"]
    assert least <= metrics["elapsed_seconds"] <= whole - slow["send"]


def test_cpu_seconds_of_a_cell_are_those_it_worked_and_not_those_it_waited(slow, tmp_path):
    start = cpu_seconds()
    metrics = run_cell(planned(), None, CompiledModels(), CellPlace(tmp_path, 1)).metrics
    assert BURNT <= metrics["cpu_seconds"] <= cpu_seconds() - start


class Drawn:
    """A compiled model whose draws are known before."""

    def __init__(self, spoilt):
        self.spoilt = spoilt

    def prepare(self, settings):
        pass

    def sample(self, values, settings, *, seed, cores):
        fit = drawn()
        if self.spoilt is not None:
            fit.posterior["beta"][1, 7, 0] = self.spoilt
        return fit


@pytest.mark.parametrize("spoilt", [None, np.nan, np.inf])
def test_cell_of_a_draw_that_is_not_finite_has_no_figure_and_fails_the_gate(
    spoilt, tmp_path, monkeypatch
):
    monkeypatch.setattr(running, "open_run", lambda store, folder, run: run)
    monkeypatch.setattr(running, "sent", lambda store, folder, run: run)
    monkeypatch.setattr(running, "write_fit", lambda *_, **__: None)
    source = SimpleNamespace(pymc=SimpleNamespace(named_vars_to_dims={}))
    monkeypatch.setattr(fit, "source_of", lambda _: source)
    monkeypatch.setattr(fit, "compile_model", lambda *_: Drawn(spoilt))
    asked = planned(gate={"r_hat_max": 2.0})
    result = run_cell(asked, None, CompiledModels(), CellPlace(tmp_path, 1))
    names = {"r_hat_max", "ess_bulk_min", "ess_tail_min", "mcse_over_sd_max", "ess_per_second"}
    spoiled = {*names, "r_hat_max.slopes", "ess_bulk_min.slopes", "ess_bulk_median"}
    assert spoiled - set(result.metrics) == (set() if spoilt is None else spoiled)
    assert {"r_hat_max.hyper", "ess_bulk_min.intercepts"} <= set(result.metrics)
    phrase, gate = ("", "passed") if spoilt is None else ("r_hat_max nan > 2", "failed")
    assert (result.tags["gate_failures"], result.tags["gate"]) == (phrase, gate)
    assert np.isfinite(list(result.metrics.values())).all()


def test_failure_of_a_cell_is_kept_without_the_stores_password(tmp_path, monkeypatch):
    address = "postgresql://somebody:PLANTED%40x@db.example.org/runs"
    store = SimpleNamespace(location=SimpleNamespace(uri=address))

    def failing(*_):
        raise ValueError(f"could not reach {address}, password PLANTED@x")

    monkeypatch.setattr(running, "write_provenance", lambda *_: None)  # it may keep this very file
    monkeypatch.setattr(running, "open_run", lambda store, folder, run: run)
    monkeypatch.setattr(telling, "send", lambda store, folder, run, **_: run)
    monkeypatch.setattr(running, "fit_cell", failing)
    result = run_cell(planned(), store, CompiledModels(), CellPlace(tmp_path, 1))
    kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert result.tags["failure"] == (
        "ValueError: could not reach postgresql://***@db.example.org/runs, password ***"
    )
    assert any("Traceback" in text for text in kept)
    assert [text for text in kept if "PLANTED" in text] == []
