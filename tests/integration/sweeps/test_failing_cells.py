"""A cell that raises, hangs, eats memory or crashes is named with its reason; the rest finish."""

from dataclasses import replace

import pytest

from hierbench.cli.arguments import Arguments
from hierbench.cli.fitting import print_outcome
from hierbench.config.schema import LimitsConfig
from hierbench.tracking import fetched, find_run
from tests.integration.sweeps import faulty
from tests.integration.sweeps.sweeping import empty_store, opened, plan_of, with_forms

FAULTS = {2: faulty.raises, 3: faulty.waits, 4: faulty.allocates, 5: faulty.leaves}
LIMITS = {3: LimitsConfig(cell_seconds=2), 4: LimitsConfig(cell_mib=1500)}
REASONS = {
    "2": "ArithmeticError: no such model",
    "3": "timeout: over limits.cell_seconds=2",
    "4": "over limits.cell_mib=1500",
    "5": "ended with exit code 3",
}


def limited(cell):
    """Return `cell` with the limits of its seed."""
    return replace(cell, config=replace(cell.config, **limits_of(cell.config.seed)))


def limits_of(seed):
    """Return what of the configuration is another for `seed`."""
    return {"limits": LIMITS[seed]} if seed in LIMITS else {}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    plan = with_forms(plan_of(6), FAULTS)
    plan = replace(plan, cells=tuple(limited(cell) for cell in plan.cells))
    sweep = opened(plan, empty_store(tmp_path_factory.mktemp("faulty")))
    return sweep, sweep.finish()


def failure(outcome, seed):
    """Return why the cell of `seed` failed."""
    return next(cell for cell in outcome.failed if cell.params["seed"] == seed)


def test_failing_cells_leave_the_rest(sweep):
    assert sweep[0].statuses() == ["FAILED"] * 4 + ["FINISHED"] * 2


@pytest.mark.parametrize("seed", REASONS)
def test_failing_cell_has_its_reason(sweep, seed):
    assert REASONS[seed] in failure(sweep[1], seed).tags["failure"]


@pytest.mark.parametrize("seed", REASONS)
def test_failing_cell_has_its_reason_in_the_store(sweep, seed):
    run = find_run(sweep[0].store, failure(sweep[1], seed).run_id)
    assert (run.status, run.tags["failure"]) == ("FAILED", failure(sweep[1], seed).tags["failure"])


def test_failing_cells_are_in_the_final_table(sweep, capsys):
    assert print_outcome(sweep[1], Arguments("sweep")) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "4 cells failed" in printed
    assert all(failure(sweep[1], seed).run_id[:8] in printed for seed in REASONS)
    assert "out of memory" in printed


def test_failing_cell_keeps_its_traceback(sweep, tmp_path):
    run_id = failure(sweep[1], "2").run_id
    kept = fetched(sweep[0].store, run_id, "traceback.txt", tmp_path).read_text()
    assert "in raises" in kept
