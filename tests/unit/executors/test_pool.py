"""A pool that is being filled ends with whoever fills it."""

from pathlib import Path

import pytest
from pebble import ProcessPool

from hierbench.executors import pool
from hierbench.executors.seam import Work


def test_interrupt_while_cells_are_handed_over_ends_the_pool(monkeypatch):
    made = ProcessPool(1)

    def interrupted(handed, of):
        of.schedule(print)
        raise KeyboardInterrupt

    monkeypatch.setattr(pool, "new_pool", lambda *_: made)
    monkeypatch.setattr(pool, "hand_over", interrupted)
    work = Work([(None, None)], None, 1, Path())
    with pytest.raises(KeyboardInterrupt):
        pool.submit(work)
    assert not made.active
    with pytest.raises(RuntimeError):
        made.schedule(print)
