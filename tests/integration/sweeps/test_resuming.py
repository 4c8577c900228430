"""What `resume`, `--extend`, `--dry-run`, `status`, `repair` and `sync` do to a finished sweep."""

import json
import shutil
import signal
import subprocess
from dataclasses import asdict, replace

import pytest

from hierbench.cli import main
from hierbench.errors import ConfigError, StoreError
from hierbench.models.data import load
from hierbench.process import start_ticks, this_process
from hierbench.records import RunStatus
from hierbench.sweeps.plan import plan_sweep
from hierbench.sweeps.repair import repair
from hierbench.sweeps.resume import extend_plan, resume_plan
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.tracking import (
    cells_of,
    log_files,
    read,
    set_tag,
    write,
)
from tests.integration.sweeps import faulty
from tests.integration.sweeps.sweeping import (
    DATA,
    beside,
    config_of,
    empty_store,
    killer,
    opened,
    plan_of,
    recorded_as_finished,
    unlock,
    with_forms,
)

ROWS = "group,size,price\n" + "\n".join(
    f"{'abc'[row % 3]},{50 + 7 * row},{100 + 13 * row + row % 3}" for row in range(30)
)


@pytest.fixture
def sweep(store):
    """A sweep that is planned, and no cell of it run."""
    return opened(plan_of(2), store)


@pytest.fixture
def csv_sweep(tmp_path, store):
    """The same on a table of the user's."""
    table = tmp_path / "homes.csv"
    table.write_text(ROWS)
    data = {"name": "csv", "path": str(table), "group": "group", "x": "size", "y": "price"}
    return opened(plan_of(2, data=data), store), table


def stored_plan_with(sweep, **changed):
    """Replace parts of the plan that the store keeps."""
    content = load_plan(sweep.store, find_sweep(sweep.store, sweep.sweep_id)) | changed
    place = sweep.folder / "altered"
    place.mkdir()
    (place / "plan.json").write_text(json.dumps(content))
    log_files(sweep.store, sweep.sweep_id, place)


def gone_process():
    """Return the identity of a process that has ended."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        return replace(this_process(), pid=process.pid, start_ticks=start_ticks(process.pid))


def own_process(sweep, identity):
    """Make the sweep look as if `identity` had started it."""
    run = read(sweep.folder)
    tags = {**run.new.tags, "process": str(identity)}
    write(sweep.folder, replace(run, new=replace(run.new, tags=tags)))
    set_tag(sweep.store, sweep.sweep_id, "process", str(identity))


def verb(*words, store):
    """Run one verb in this process; return its exit code."""
    return main([*words, "--store", store.location.uri])


def test_resume_while_another_runs_it_is_refused(sweep, capsys):
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    error = capsys.readouterr().err
    assert "another process is running this sweep" in error
    assert len(error.splitlines()) == 1


def test_resume_with_other_data_is_refused(csv_sweep, capsys):
    sweep, table = csv_sweep
    table.write_text(ROWS.replace("100", "101"))
    unlock(sweep.folder)
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    assert "the data of csv have changed" in capsys.readouterr().err


def test_resume_without_its_data_is_refused(csv_sweep, capsys):
    sweep, table = csv_sweep
    table.unlink()
    unlock(sweep.folder)
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    assert str(table) in capsys.readouterr().err


def test_resume_with_other_code_is_refused(sweep, capsys):
    stored_plan_with(sweep, code_sha256="0" * 64)
    unlock(sweep.folder)
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    assert "the code of hierbench has changed" in capsys.readouterr().err


def test_resume_with_other_code_goes_on_when_forced(sweep):
    stored_plan_with(sweep, code_sha256="0" * 64)
    unlock(sweep.folder)
    resumed = resume_plan(sweep.store, sweep.sweep_id, force=True)
    assert len(resumed.plan.cells) == 2


def test_forced_resume_with_other_data_runs_every_cell_in_place_of_the_old_one(csv_sweep):
    sweep, table = csv_sweep
    old = recorded_as_finished(sweep)
    table.write_text(ROWS.replace("100", "101"))
    unlock(sweep.folder)
    resumed = resume_plan(sweep.store, sweep.sweep_id, force=True, accept_data=True)
    assert resumed.finished == {}
    assert resumed.stale == {cell.cell_key: [old[cell.config.seed]] for cell in resumed.plan.cells}


def test_forced_resume_with_the_same_data_runs_no_finished_cell_again(csv_sweep):
    sweep, _ = csv_sweep
    recorded_as_finished(sweep)
    unlock(sweep.folder)
    resumed = resume_plan(sweep.store, sweep.sweep_id, force=True)
    assert resumed.finished.keys() == {cell.cell_key for cell in resumed.plan.cells}
    assert resumed.stale == {}


def test_resume_of_a_refused_sweep_leaves_it_as_it_was(csv_sweep):
    sweep, table = csv_sweep
    table.write_text(ROWS.replace("100", "101"))
    unlock(sweep.folder)
    before = find_sweep(sweep.store, sweep.sweep_id)
    with pytest.raises(ConfigError):
        resume_plan(sweep.store, sweep.sweep_id, force=False)
    assert find_sweep(sweep.store, sweep.sweep_id) == before


def test_resume_of_a_damaged_plan_is_refused(sweep, capsys):
    place = sweep.folder / "altered"
    place.mkdir()
    (place / "plan.json").write_text("{")
    log_files(sweep.store, sweep.sweep_id, place)
    unlock(sweep.folder)
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    assert "plan.json is altered or damaged" in capsys.readouterr().err


def test_resume_of_a_plan_without_cells_is_refused(sweep, capsys):
    stored_plan_with(sweep, cells=[{}])
    unlock(sweep.folder)
    assert verb("resume", sweep.sweep_id, store=sweep.store) == 2
    assert "not written by hierbench" in capsys.readouterr().err


def test_resume_without_the_local_folder_goes_on(sweep):
    unlock(sweep.folder)
    shutil.rmtree(sweep.folder)
    resumed = resume_plan(sweep.store, sweep.sweep_id, force=False)
    assert len(resumed.plan.cells) == 2


def test_resumed_sweep_belongs_to_the_process_that_resumed_it(sweep):
    own_process(sweep, gone_process())
    unlock(sweep.folder)
    resume_plan(sweep.store, sweep.sweep_id, force=False)
    repair(sweep.store)
    assert find_sweep(sweep.store, sweep.sweep_id).status is RunStatus.RUNNING


def test_resumed_sweep_has_no_failure(sweep):
    own_process(sweep, gone_process())
    unlock(sweep.folder)
    resume_plan(sweep.store, sweep.sweep_id, force=False)
    assert "failure" not in find_sweep(sweep.store, sweep.sweep_id).tags


def test_extend_adds_cells(sweep):
    unlock(sweep.folder)
    more = plan_sweep([config_of(seed=3)], load, [], "local")
    resumed = extend_plan(sweep.store, sweep.sweep_id, more)
    assert [cell.config.seed for cell in resumed.plan.cells] == [1, 2, 3]


def test_extended_plan_is_kept(sweep):
    unlock(sweep.folder)
    more = plan_sweep([config_of(seed=3)], load, [], "local")
    extend_plan(sweep.store, sweep.sweep_id, more)
    kept = load_plan(sweep.store, find_sweep(sweep.store, sweep.sweep_id))
    assert [cell["config"]["seed"] for cell in kept["cells"]] == [1, 2, 3]


def test_extend_with_other_data_is_refused(csv_sweep):
    sweep, table = csv_sweep
    table.write_text(ROWS.replace("100", "101"))
    unlock(sweep.folder)
    config = asdict(sweep.plan.cells[0].config)["data"]
    more = plan_sweep([config_of(seed=3, data=config)], load, [], "local")
    with pytest.raises(ConfigError, match="the data of csv have changed"):
        extend_plan(sweep.store, sweep.sweep_id, more)


def test_extend_with_other_code_needs_force(sweep):
    stored_plan_with(sweep, code_sha256="0" * 64)
    unlock(sweep.folder)
    more = plan_sweep([config_of(seed=3)], load, [], "local")
    with pytest.raises(ConfigError, match=r"the code of hierbench has changed.*--force"):
        extend_plan(sweep.store, sweep.sweep_id, more)
    resumed = extend_plan(sweep.store, sweep.sweep_id, more, force=True)
    assert [cell.config.seed for cell in resumed.plan.cells] == [1, 2, 3]


def test_dry_run_prints_plan_and_estimate(tmp_path, capsys):
    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    data = [f"data.{name}={DATA[name]}" for name in ("rows", "groups")]
    words = ["data=berlin_like", *data, "seed=1,2", f"tracking.uri={uri}", "--dry-run", "--json"]
    assert main(["sweep", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cells"], len(found["plan"]), found["seconds"]) == (2, 2, None)
    assert found["mib"] > 0
    assert not (tmp_path / "runs").exists()


def test_store_of_another_kind_has_no_sweep(tmp_path):
    with pytest.raises(StoreError, match="no run has this id"):
        find_sweep(empty_store(tmp_path), "0123456789")


@pytest.fixture(scope="module")
def extended(alone):
    """A sweep of two, then extended by a third cell whose worker is killed."""
    sweep, _ = alone
    unlock(sweep.folder)
    more = plan_sweep([config_of(seed=3)], load, [], "local")
    resumed = extend_plan(sweep.store, sweep.sweep_id, more)
    resumed = replace(resumed, plan=with_forms(resumed.plan, {3: faulty.waits}))
    with beside(killer(sweep.folder, {3}, signal.SIGKILL)):
        outcome = sweep.finish_missing(resumed)
    unlock(sweep.folder)
    return sweep, outcome


def test_extended_sweep_runs_the_new_cell_only(extended):
    assert [cell.params["seed"] for cell in extended[1].results] == ["3"]


def test_status_counts(extended, capsys):
    sweep, _ = extended
    assert verb("status", sweep.sweep_id[:8], "--json", store=sweep.store) == 0
    [row] = json.loads(capsys.readouterr().out)
    counts = {name: row[name] for name in ("cells", "finished", "failed", "killed", "running")}
    assert counts == {"cells": 3, "finished": 2, "failed": 1, "killed": 0, "running": 0}


def test_status_watch_ends_with_the_sweep(extended, capsys):
    sweep, _ = extended
    assert verb("status", "--watch", store=sweep.store) == 0
    assert "FAILED" in capsys.readouterr().out


def test_dry_run_estimates_by_past_runs(extended, capsys):
    sweep, _ = extended
    words = [f"data.{name}={DATA[name]}" for name in ("rows", "groups")]
    tiny = [*words, "sampler.draws=50", "sampler.tune=50", "sampler.chains=2", "seed=7,8"]
    uri = f"tracking.uri={sweep.store.location.uri}"
    before = len(cells_of(sweep.store, sweep.sweep_id))
    assert main(["sweep", "data=berlin_like", *tiny, uri, "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["alike"], found["seconds"] > 0) == (2, True)
    assert len(cells_of(sweep.store, sweep.sweep_id)) == before


def test_sync_of_a_whole_store_sends_nothing(extended, capsys):
    assert verb("sync", "--json", store=extended[0].store) == 0
    assert json.loads(capsys.readouterr().out) == {"sent": 0}
