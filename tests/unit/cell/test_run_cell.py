"""Seconds of a whole cell, against a clock around it and slow parts planted in it."""

from time import monotonic, process_time, sleep
from types import SimpleNamespace

import pytest

from hierbench import cell
from hierbench.cell import CellPlace, CompiledModels, run_cell
from tests.unit.cell.test_fit import planned

FIT, WRITING, SENDING, BURNT = 0.2, 0.1, 0.3, 0.1


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
    monkeypatch.setattr(cell, "Provenance", lambda *_: provenance)
    monkeypatch.setattr(cell, "took_place", lambda *_: None)
    monkeypatch.setattr(cell, "write_provenance", lambda *_: None)
    monkeypatch.setattr(cell, "open_run", lambda store, folder, run: run)
    monkeypatch.setattr(cell, "fit_cell", planted("fit", waits=FIT, works=BURNT))
    monkeypatch.setattr(cell, "write_fit", planted("write", waits=WRITING))
    monkeypatch.setattr(cell, "wants_plots", lambda *_: False)
    monkeypatch.setattr(cell, "found", lambda fitted, seconds, place: (dict(seconds), {}))
    monkeypatch.setattr(
        cell, "sent", planted("send", waits=SENDING, gives=lambda values: values[-1])
    )
    return taken


def test_elapsed_seconds_are_those_of_the_cell_without_its_upload(slow, tmp_path):
    start = monotonic()
    metrics = run_cell(planned(), None, CompiledModels(), CellPlace(tmp_path, 1)).metrics
    whole = monotonic() - start
    least = slow["fit"] + slow["write"]
    assert least <= metrics["elapsed_seconds"] <= whole - slow["send"]


def test_cpu_seconds_of_a_cell_are_those_it_worked_and_not_those_it_waited(slow, tmp_path):
    start = process_time()
    metrics = run_cell(planned(), None, CompiledModels(), CellPlace(tmp_path, 1)).metrics
    assert BURNT <= metrics["cpu_seconds"] <= process_time() - start
