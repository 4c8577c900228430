"""What a worker does between two cells."""

import gc
import os

import pytest

from hierbench.cell import running
from hierbench.executors import worker
from hierbench.executors.worker import free_slot, give_back_memory, work_on
from hierbench.locks import held
from hierbench.process import resident_mib

BLOCK = 64_000  # below glibc's own mapping: it stays in the heap
BLOCKS = 2_000


class Circle:
    """Garbage that only the collector finds."""

    def __init__(self):
        self.itself = self
        self.blocks = [bytearray(BLOCK) for _ in range(BLOCKS)]


def test_give_back_memory_leaves_none_of_the_last_cells():
    give_back_memory()  # free memory of other tests would be used before any is asked for
    before = resident_mib(os.getpid())
    garbage = Circle()
    above = [bytearray(BLOCK)]  # lies over the garbage in the heap, and keeps it from shrinking
    grown = resident_mib(os.getpid()) - before
    del garbage
    give_back_memory()
    left = resident_mib(os.getpid()) - before
    assert above
    assert grown > 0.9 * BLOCK * BLOCKS / 2**20
    assert left < 0.2 * grown


@pytest.fixture
def thawed():
    """What a test freezes is garbage again after it."""
    frozen = gc.get_freeze_count()
    yield
    if not frozen:
        gc.unfreeze()


def test_only_a_cell_that_compiled_a_model_is_followed_by_a_freeze(monkeypatch, thawed):
    models = []

    def compile_first(cell, store, compiled, place):
        if not compiled:
            compiled.append(object())

    monkeypatch.setattr(worker, "compiled_models", lambda: models)
    monkeypatch.setattr(worker, "store_of", lambda *_: None)
    monkeypatch.setattr(running, "run_cell", compile_first)
    counts = [gc.get_freeze_count()]
    for _ in range(2):
        work_on(None, None, None, "1")
        counts.append(gc.get_freeze_count())
    assert counts[0] < counts[1] == counts[2]


def test_worker_that_waits_for_a_slot_says_for_whom(tmp_path, monkeypatch, capsys):
    """The clock is planted: nobody frees the slot before the sentence is there."""
    taken = [held(tmp_path / f"slot-{slot}.lock") for slot in range(2)]
    clock = iter(range(10))
    monkeypatch.setattr(worker, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(worker, "held", lambda _: freed())
    said = []

    def freed():
        said.append(capsys.readouterr().err)
        return any(said)

    assert taken == [True, True]
    free_slot(tmp_path, 2)
    sentence = "".join(said)
    assert f"until process {os.getpid()} ends" in sentence
    assert sentence.count("\n") == 1
