"""Verbs that only read leave a store as it is, and need no more than to read it."""

import gc
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from hierbench.cli import main
from hierbench.errors import StoreError
from hierbench.sweeps import parent
from hierbench.tracking import latest_sweep, locate, open_store
from hierbench.tracking.looking import look
from hierbench.tracking.probe import probe
from tests.disks import read_only
from tests.integration.sweeps.programs import start as program
from tests.integration.sweeps.sweeping import empty_store
from tests.planted import plant
from tests.waiting import until

GRID = [
    "data=berlin_like",
    "data.rows=60",
    "data.groups=6",
    "parameterization=centered",
    "artifacts=minimal",
    "plots=none",
    "seed=1,2",
    "hydra/launcher=basic",
]
NOBODY = 65534
ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
from hierbench.cli import main
for words in json.loads(sys.argv[1]):
    print("CODE", words[0], main(words), flush=True)
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return a folder whose runs/ has a sweep, and the ids of the sweep and of a cell."""
    folder = tmp_path_factory.mktemp("swept")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.delenv("MLFLOW_TRACKING_URI", raising=False)
        plant(patched)
        patched.setattr(parent, "reported", lambda *_: None)
        store = empty_store(folder)
        assert main(["sweep", *GRID]) == 0
    sweep = latest_sweep(store).run_id
    [cell, _] = [
        run.info.run_id
        for run in store.client.search_runs([store.experiment_id])
        if run.data.tags["hierbench.kind"] == "cell"
    ]
    return folder, sweep, cell


@pytest.fixture
def copied(swept, tmp_path):
    """Return a copy of that folder, which nobody has open: no -wal, no -shm, no lock."""
    folder, sweep, cell = swept
    shutil.copytree(folder / "runs", tmp_path / "runs")
    file = tmp_path / "runs" / "mlflow.db"
    for ending in ("-wal", "-shm"):
        file.with_name(f"mlflow.db{ending}").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as source:
        file.unlink()
        with closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=WAL")
    (tmp_path / "runs" / ".mlflow.db.lock").unlink(missing_ok=True)
    return tmp_path, sweep, cell


def state_of(folder):
    """Return every file below `folder`, with what is in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def verbs(sweep, cell):
    """Return command lines that only read."""
    return [
        ["status"],
        ["status", sweep, "--json"],
        ["show", cell],
        ["show", sweep, "--json"],
        ["compare"],
        ["compare", sweep, "--verify", "--json"],
        ["validate", "--of", sweep, "--json"],
        ["sweep", *GRID, "--dry-run"],
    ]


def read_everything(folder, sweep, cell, first=()):
    """Run every reading verb in a program of its own that starts in `folder`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MLFLOW_T")}
    own = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*first, sys.executable, "-c", CODE, json.dumps(verbs(sweep, cell))],
        cwd=folder,
        env={**kept, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    codes = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("CODE")]
    assert codes == ["0"] * 8, done.stderr


def test_reading_verbs_leave_a_store_as_it_is(copied, monkeypatch):
    folder, sweep, cell = copied
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    before = state_of(folder)
    assert [main(words) for words in verbs(sweep, cell)] == [0] * 8
    gc.collect()  # the program would end here, and with it the private copy that it read
    assert state_of(folder) == before


@pytest.mark.slow
def test_reading_verbs_work_on_a_read_only_disk(copied):
    folder, sweep, cell = copied
    before = state_of(folder)
    with read_only(folder / "runs"):
        read_everything(folder, sweep, cell)
    assert state_of(folder) == before


@pytest.mark.slow
def test_reading_verbs_work_on_a_colleagues_store(copied):
    """Root without its capabilities is a user like any other, who may use this interpreter."""
    folder, sweep, cell = copied
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root, with setpriv, can give files to another user")
    for place in (folder / "runs", *(folder / "runs").rglob("*")):
        os.chown(place, NOBODY, NOBODY)
    mine = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    if subprocess.run([*mine, "touch", str(folder / "runs" / "x")], check=False).returncode == 0:
        pytest.skip("root keeps its capabilities here")
    before = state_of(folder)
    read_everything(folder, sweep, cell, first=mine)
    assert state_of(folder) == before


@pytest.mark.parametrize(
    "words", [["run", *GRID[:6]], ["sync"], ["repair"], ["resume", "00000000"]]
)
def test_writing_verbs_say_that_a_disk_is_read_only(copied, monkeypatch, capsys, words):
    folder, _, _ = copied
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    plant(monkeypatch, lambda seed: pytest.fail("it was fitted"))
    with read_only(folder / "runs"):
        assert main(words) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "cannot be written (Read-only file system)" in line


def test_doctor_says_that_a_store_is_read_only(copied):
    folder, _, _ = copied
    location = locate(f"sqlite:///{folder}/runs/mlflow.db", folder)
    with read_only(folder / "runs"), pytest.raises(StoreError, match="cannot be written"):
        probe(location)


def test_copy_has_what_waits_in_the_log_of_a_living_writer(copied):
    folder, _, cell = copied
    location = locate(f"sqlite:///{folder}/runs/mlflow.db", folder)
    writer = open_store(location)
    writer.client.set_tag(cell, "late", "1")
    assert (folder / "runs" / "mlflow.db-wal").stat().st_size > 0
    with read_only(folder / "runs"):
        store = look(location)
        assert store.client.get_run(cell).data.tags["late"] == "1"
        assert store.location == location
        [file] = [Path(store.copy_uri.removeprefix("sqlite:///"))]
        assert file.exists()
        del store
    assert not file.exists()


@pytest.mark.parametrize(
    "content", [None, b"", b"no database, only some words long enough to read"]
)
def test_store_without_runs_is_one_sentence_and_stays(tmp_path, monkeypatch, capsys, content):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    if content is not None:
        (tmp_path / "runs").mkdir()
        (tmp_path / "runs" / "mlflow.db").write_bytes(content)
    before = state_of(tmp_path)
    for words in (["status"], ["compare"], ["show", "0123456789"], ["ui", "--no-browser"]):
        assert main(words) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert "no runs are kept there" in line or "cannot be read" in line
    assert state_of(tmp_path) == before


def test_copy_of_a_sparse_giant_is_refused(copied, monkeypatch):
    folder, _, _ = copied
    file = folder / "runs" / "mlflow.db"
    os.truncate(file, 2**37)
    monkeypatch.setattr("hierbench.tracking.looking.is_writable", lambda _: False)
    with pytest.raises(StoreError, match="does not fit"):
        look(locate(f"sqlite:///{file}", folder))


@pytest.mark.slow
def test_ui_shows_a_store_on_a_read_only_disk(copied):
    folder, sweep, _ = copied
    with read_only(folder / "runs"):
        served = program(folder, "ui", "--no-browser")
        try:
            until(
                lambda: "Ctrl-C ends it" in served.printed or served.process.poll() is not None,
                "the UI to answer",
            )
            [table] = [line.split()[1] for line in served.printed.splitlines() if "table " in line]
            base = table.partition("#")[0]
            with urlopen(
                f"{base}ajax-api/2.0/mlflow/runs/get?run_id={sweep}", timeout=30
            ) as answer:
                assert json.load(answer)["run"]["info"]["run_id"] == sweep
            assert "the UI shows a copy of it" in served.printed
        finally:
            served.end()
