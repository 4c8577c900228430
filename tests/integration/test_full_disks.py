"""A disk that is full: one sentence, nothing half-written, and `resume` finishes the sweep.

The fits are planted; records, files, stores and disks are real.
"""

import shutil

import pytest

from hierbench.cell import CellPlace, running
from hierbench.cell.running import CompiledModels, run_cell
from hierbench.cli import main
from hierbench.disk import PARTIAL
from hierbench.records import RunStatus
from hierbench.sweeps import parent
from hierbench.sweeps import repair as repairing
from hierbench.sweeps.execute import sweep_folder
from hierbench.sweeps.repair import repair
from hierbench.tracking import cells_of, latest_sweep, locate, open_store, read
from tests.disks import FullFrom, resize, small_disk
from tests.integration.sweeps.sweeping import empty_store, plan_of, unlock
from tests.planted import plant

TINY = [
    "data=berlin_like",
    "data.rows=60",
    "data.groups=6",
    "parameterization=centered",
    "artifacts=minimal",
    "plots=none",
]
GRID = [*TINY, "seed=1,2", "hydra/launcher=basic"]
MOST_WRITES = 60


@pytest.fixture(scope="module")
def full():
    return FullFrom()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return an empty store in runs/ of the working folder; nothing is sampled or drawn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    plant(monkeypatch)
    monkeypatch.setattr(parent, "reported", lambda *_: None)
    return empty_store(tmp_path)


def halves(folder):
    """Return what was written in part below `folder`."""
    return [path for path in folder.rglob("*") if path.name.startswith(PARTIAL)]


def check_whole(store):
    """Assert that every record below the store is whole and nothing is there in part."""
    assert halves(store.location.file.parent) == []
    for record in store.location.sweeps.rglob("record.json"):
        read(record.parent)


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_cell_whose_folder_is_full_from_any_write_on_fails_and_says_so(store, full, step):
    plan = plan_of(1, parameterization="centered", artifacts="minimal")
    kinds = []
    for writes in range(0, MOST_WRITES, step):
        folder = store.location.sweeps / f"cell-{writes}"
        with full.after(writes, folder):
            result = run_cell(plan.cells[0], store, CompiledModels(), CellPlace(folder, 1))
        check_whole(store)
        if full.count <= writes:
            break
        kinds.append(result.status)
        if result.status is RunStatus.FINISHED:  # full only while it was sent
            assert result.sent or result.unsent
            continue
        assert "disk full" in result.tags["failure"]
        assert result.sent
        found = store.client.get_run(result.run_id)
        assert found.info.status == "FAILED"
        assert "disk full" in found.data.tags["hierbench.failure"]
        assert not (folder / "record.json").exists() or read(folder).sent
    else:
        pytest.fail(f"a cell makes more than {MOST_WRITES} writes")
    assert result.status is RunStatus.FINISHED
    assert kinds.count(RunStatus.FAILED) > 8 // step
    repair(store)
    runs = store.client.search_runs([store.experiment_id])
    assert {run.info.status for run in runs} == {"FAILED", "FINISHED"}
    assert len(runs) == len(kinds) + 1


def test_interrupted_cell_whose_folder_is_full_ends_as_interrupted(store, full, monkeypatch):
    plan = plan_of(1, parameterization="centered", artifacts="minimal")
    folder = store.location.sweeps / "cell"

    def interrupt(*_):
        full.left = 0
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "fit_cell", interrupt)
    with full.after(MOST_WRITES, folder), pytest.raises(KeyboardInterrupt):
        run_cell(plan.cells[0], store, CompiledModels(), CellPlace(folder, 1))
    [run] = store.client.search_runs([store.experiment_id])
    assert run.info.status == "KILLED"


def swept_on_a_full_disk(store, capsys, monkeypatch, grow):
    """Start a sweep on a disk that is full; return its exit code. After `grow`, finish it."""
    capsys.readouterr()
    code = main(["sweep", *GRID])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert code in (0, 1, 2)
    check_whole(store)
    if code == 2:
        assert len(err.splitlines()) == 1
    if code == 1:
        assert "disk full" in out + err
    grow()
    monkeypatch.setattr(repairing, "is_gone", lambda process: True)  # as after this program's end
    again = open_store(store.location)
    repair(again)
    runs = again.client.search_runs([again.experiment_id], "tags.`hierbench.kind` = 'sweep'")
    if not runs:
        assert main(["sweep", *GRID]) == 0
    elif code == 2:  # it never began, and is closed
        assert runs[0].info.status != "RUNNING"
        assert main(["sweep", *GRID]) == 0
    else:
        unlock(sweep_folder(again, runs[0].info.run_id))
        assert main(["resume", runs[0].info.run_id]) == 0
    check_whole(again)
    found = cells_of(again, latest_sweep(again).run_id)
    assert [cell.status for cell in found] == ["FINISHED"] * 2
    assert all(read(path.parent).sent for path in store.location.sweeps.rglob("record.json"))
    return code


@pytest.mark.slow
def test_sweep_whose_folder_is_full_from_any_write_on_is_finished_by_resume(
    store, full, monkeypatch, capsys
):
    codes = []

    def grow():
        full.folder = ""

    for writes in (0, 4, 9, 16, 30):
        with full.after(writes, store.location.sweeps):
            codes.append(swept_on_a_full_disk(store, capsys, monkeypatch, grow))
        shutil.rmtree(store.location.sweeps, ignore_errors=True)
    assert codes[0] == 2
    assert codes[-1] == 1


@pytest.mark.parametrize(
    "kib", [pytest.param(4, marks=pytest.mark.slow), 32, pytest.param(96, marks=pytest.mark.slow)]
)
def test_sweep_on_a_small_disk_is_finished_once_it_has_grown(store, capsys, monkeypatch, kib):
    sweeps = store.location.sweeps
    with small_disk(sweeps, kib):
        swept_on_a_full_disk(store, capsys, monkeypatch, lambda: resize(sweeps, 20_000))


@pytest.mark.slow
@pytest.mark.parametrize("spare_kib", [0, 60, 300])
def test_sweep_into_a_store_on_a_small_disk_is_finished_once_it_has_grown(
    tmp_path, monkeypatch, capsys, spare_kib
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    plant(monkeypatch)
    monkeypatch.setattr(parent, "reported", lambda *_: None)
    runs = tmp_path / "runs"
    with small_disk(runs, 4000):
        store = filled(tmp_path)
        used = sum(path.stat().st_blocks * 512 for path in runs.rglob("*"))
        resize(runs, used // 1024 + 4 + spare_kib)
        swept_on_a_full_disk(store, capsys, monkeypatch, lambda: resize(runs, 20_000))


def filled(folder):
    """Return an empty store on the disk at runs/."""
    beside = folder / "beside"
    made = empty_store(beside)
    shutil.copy(made.location.file, folder / "runs" / "mlflow.db")
    return open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
