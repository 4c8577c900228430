"""What stays of a cell on the local disk once the store has it."""

from dataclasses import replace

import pytest

from hierbench.cell.telling import sent
from hierbench.records import RunStatus
from hierbench.tracking import LocalRun, NewRun, artifacts_of, ended, open_run, write
from hierbench.tracking.contract import AT_A_SWEEPS_END, OF_EVERY_FIT
from tests.integration.sweeps.sweeping import empty_store


@pytest.mark.parametrize(("in_a_sweep", "kept"), [(True, AT_A_SWEEPS_END), (False, ())])
def test_cell_that_was_sent_keeps_what_its_sweeps_end_reads(tmp_path, in_a_sweep, kept):
    store, place = empty_store(tmp_path / "store"), tmp_path / "cell"
    opening = tmp_path / "sweep"
    sweep = open_run(store, opening, write(opening, LocalRun(NewRun("sweep", "all", "", {}, {}))))
    new = NewRun("cell", "one", "", {"cell_key": "k"}, {"seed": "1"})
    run = write(place, LocalRun(replace(new, parent_id=sweep.run_id if in_a_sweep else None)))
    for name in OF_EVERY_FIT:
        (artifacts_of(place) / name).write_text("written")
    assert sent(store, place, ended(place, run, RunStatus.FINISHED)).sent
    assert {path.name for path in artifacts_of(place).glob("*")} == set(kept)
