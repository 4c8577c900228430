"""A worker that is killed costs its own cell, and `resume` makes the sweep whole."""

import signal

import pytest

from hierbench.cli.arguments import Arguments
from hierbench.cli.fitting import print_outcome
from hierbench.sweeps.stored import find_sweep
from hierbench.tracking import find_run
from tests.integration.sweeps import faulty
from tests.integration.sweeps.sweeping import (
    beside,
    empty_store,
    killer,
    opened,
    plan_of,
    with_forms,
)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A sweep of four whose second cell's worker was killed, and its outcome."""
    plan = with_forms(plan_of(4), {2: faulty.waits})
    sweep = opened(plan, empty_store(tmp_path_factory.mktemp("killed")))
    with beside(killer(sweep.folder, {2}, signal.SIGKILL)):
        outcome = sweep.finish()
    parent = find_sweep(sweep.store, sweep.sweep_id).status
    return sweep, outcome, parent


@pytest.fixture(scope="module")
def resumed(killed):
    sweep, before, _ = killed
    return sweep, before, sweep.resume()


def test_killed_worker_costs_its_cell(killed):
    _, outcome, _ = killed
    assert [cell.params["seed"] for cell in outcome.failed] == ["2"]


def test_killed_worker_is_the_reason(killed):
    _, outcome, _ = killed
    assert outcome.failed[0].tags["failure"] == "killed by signal 9"


def test_killed_worker_is_in_the_final_table(killed, capsys):
    _, outcome, _ = killed
    assert print_outcome(outcome, Arguments("sweep")) == 1
    assert "killed by signal 9" in capsys.readouterr().out


def test_killed_worker_fails_the_parent(killed):
    assert killed[2] == "FAILED"


def test_resume_finishes_all(resumed):
    assert resumed[0].statuses() == ["FINISHED"] * 4


def test_resume_runs_the_failed_cell_only(resumed):
    assert [cell.params["seed"] for cell in resumed[2].results] == ["2"]


def test_resume_marks_the_old_run(resumed):
    sweep, before, after = resumed
    old = find_run(sweep.store, before.failed[0].run_id)
    assert (old.status, old.tags["superseded_by"]) == ("FAILED", after.results[0].run_id)


def test_resume_gives_the_draws_of_an_undisturbed_sweep(resumed, calm):
    assert resumed[0].digests() == calm.digests()


def test_resume_finishes_the_parent(resumed):
    sweep, _, _ = resumed
    parent = find_sweep(sweep.store, sweep.sweep_id)
    assert (parent.status, parent.metrics["cells_finished"]) == ("FINISHED", 4)


@pytest.mark.slow
def test_resume_after_two_kills_among_24(tmp_path, store):
    sweep = opened(with_forms(plan_of(24), dict.fromkeys((5, 14), faulty.waits)), store)
    with beside(killer(sweep.folder, {5, 14}, signal.SIGKILL)):
        outcome = sweep.finish()
    assert sweep.statuses() == ["FAILED"] * 2 + ["FINISHED"] * 22
    assert [cell.tags["failure"] for cell in outcome.failed] == ["killed by signal 9"] * 2
    assert print_outcome(outcome, Arguments("sweep")) == 1
    sweep.resume()
    assert sweep.statuses() == ["FINISHED"] * 24
    old = [find_run(store, cell.run_id).tags for cell in outcome.failed]
    assert all("superseded_by" in tags for tags in old)
    calm = opened(plan_of(24), empty_store(tmp_path / "calm"))
    calm.finish()
    assert sweep.digests() == calm.digests()
