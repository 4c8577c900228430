"""Wrong input ends in one sentence and exit code 2, with nothing left behind.

The ranges of every key are held in tests/unit/config, the faults of a file in
tests/unit/models/homes/datasets; here each line of "bad input" goes the whole way through the
program.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hierbench.cli import main
from hierbench.models.homes.forms import FORMS as KNOWN
from hierbench.records import RunStatus
from hierbench.tracking import (
    NewRun,
    end_run,
    locate,
    open_store,
)
from hierbench.tracking.runs import log_results, start_run
from tests.waiting import PATIENCE_SECONDS, finished, until

TINY = ("data=berlin_like", "data.rows=60", "data.groups=6")
COLUMNS = ("data=csv", "data.group=zip", "data.x=area", "data.y=price")
HEADER = "zip,area,price"
FORMS = ", ".join(KNOWN)
POSITIVE = "allowed are finite numbers above 0; choose one, such as 1"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the working folder, empty."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return place


def files_in(folder):
    """Return what lies in the folder; SQLite's own two files come with reading."""
    return sorted(path for path in folder.rglob("*") if not path.name.endswith(("-shm", "-wal")))


@pytest.fixture
def refused(folder, capsys):
    """Return a function from a command line to the sentence that refuses it."""

    def refuse(*words):
        before = files_in(folder)
        capsys.readouterr()
        code = main(words)
        out, err = capsys.readouterr()
        assert code == 2
        assert out == ""
        assert err.startswith("hierbench: ")
        assert err.count("\n") == 1
        assert err.endswith("\n")
        assert files_in(folder) == before
        return err.removeprefix("hierbench: ").rstrip("\n")

    return refuse


@pytest.fixture
def table(tmp_path):
    """Return a function from lines to the overrides that fit them."""

    def write(*lines):
        path = tmp_path / "homes.csv"
        path.write_text("".join(f"{line}\n" for line in lines))
        return (*COLUMNS, f"data.path={path}")

    return write


# Keys and values


def test_bad_key_lists_the_known(refused):
    assert refused("run", *TINY, "nope=1").startswith(
        "nope: no such key; known here are model, data, parameterization, "
    )


def test_bad_key_of_a_group_names_the_nearest(refused):
    assert refused("run", "sampler.dras=5").endswith("; did you mean sampler.draws?")


@pytest.mark.parametrize(
    ("override", "known"),
    [
        ("parameterization=nope", FORMS),
        (
            "data=nope",
            "ames, berlin_like, berlin_prices, berlin_rents, csv, eight_schools, own, "
            "prior_draw, radon, sacramento, table",
        ),
        ("sampler=nope", "blackjax, numpyro, nutpie, pymc, stan"),
        ("prior=nope", "formula, halfnormal, notebook, own"),
        ("hydra/launcher=nope", "basic, local"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_bad_value_lists_the_known(verb, override, known, refused):
    assert refused(verb, override) == f"{override}: known are {known}; choose one of them"


@pytest.mark.parametrize("value", ["0", "1", "1.5", "nan"])
def test_bad_target_accept(value, refused):
    assert refused("run", *TINY, f"sampler.target_accept={value}") == (
        f"sampler.target_accept={float(value)}: allowed are numbers strictly between 0 and 1; "
        "choose one, such as 0.8"
    )


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_bad_prior_scale(value, refused):
    sentence = refused("run", *TINY, f"prior.scale={value}")
    assert sentence == f"prior.scale={float(value)}: {POSITIVE}"


@pytest.mark.parametrize("override", ["sampler.draws=0", "sampler.chains=0", "sampler.chains=-4"])
def test_bad_count(override, refused):
    sentence = refused("run", *TINY, override)
    assert sentence == f"{override}: the least allowed is 1; choose that or more"


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_bad_type_names_the_key_and_the_value(verb, refused):
    sentence = refused(verb, *TINY, "seed=x")
    assert sentence.startswith("seed: ")
    assert "'x'" in sentence
    assert "Integer" in sentence


@pytest.mark.parametrize("override", ["prior.scale=1,2", "parameterization=centered,noncentered"])
def test_several_values_in_run_name_sweep(override, refused):
    assert refused("run", *TINY, override) == (
        f"{override}: several values, and one cell takes one; use `hierbench sweep` (--dry-run "
        "shows its cells), or quote a value that has a comma"
    )


@pytest.mark.parametrize("override", ["experiments=quickstart", "limits.cell_seconds=5"])
def test_what_only_a_sweep_obeys_names_sweep(override, refused):
    assert refused("run", *TINY, override).endswith(f"; use `hierbench sweep {override}`")


def test_unknown_group_to_plot_names_the_closest(refused):
    sentence = refused("run", *TINY, "plots.groups=[g7]")
    assert sentence.startswith("plots.groups=g7: berlin_like has no such group, the closest of its")
    assert "g6" in sentence


def test_text_that_is_no_override(refused):
    assert refused("run", "sacramento") == (
        "sacramento: not an override; write key=value, or key=a,b,c in a sweep"
    )


# A sweep checks every cell before the first fit


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("prior.scale=1,-1", f"prior.scale=-1.0: {POSITIVE}"),
        (
            "sampler.target_accept=0.8,1",
            "sampler.target_accept=1.0: allowed are numbers strictly between 0 and 1; "
            "choose one, such as 0.8",
        ),
        (
            "parameterization=centered,nope",
            f"parameterization=nope: known are {FORMS}; choose one of them",
        ),
        ("sampler.draws=10,0", "sampler.draws=0: the least allowed is 1; choose that or more"),
    ],
)
def test_sweep_checks_every_cell_first(override, sentence, refused):
    assert refused("sweep", *TINY, "seed=1,2", override) == sentence


def test_sweep_checks_the_type_of_every_cell_first(refused):
    assert refused("sweep", *TINY, "seed=1,x").startswith("seed: Value 'x'")


def test_sweep_loads_all_data_first(refused):
    assert refused("sweep", "data=sacramento,csv").startswith("data.path is not set, and data=csv")


@pytest.mark.parametrize("workers", ["0", "-1"])
def test_sweep_needs_a_worker(workers, refused):
    assert refused("sweep", *TINY, "--workers", workers) == (
        f"workers={workers}: the least allowed is 1; choose that or more"
    )


def test_sweep_workers_need_the_local_launcher(refused):
    assert refused("sweep", *TINY, "--workers", "2", "hydra/launcher=basic") == (
        "workers=2: hydra/launcher=basic runs all cells in this process, one after another; "
        "use hydra/launcher=local"
    )


@pytest.mark.parametrize(
    "override", ["workers=1,2", "artifacts=minimal,full", "tracking.uri=sqlite:///a.db,sqlite:///b"]
)
def test_sweep_refuses_a_key_that_makes_no_cell(override, refused):
    assert refused("sweep", *TINY, override) == (
        f"{override}: a sweep takes one value of this key, which does not change a fit: two would "
        "make the same fit twice; give one, or start a sweep for each"
    )


# The user's table


def test_csv_that_is_missing(tmp_path, refused):
    path = tmp_path / "nowhere.csv"
    assert refused("run", *COLUMNS, f"data.path={path}") == (
        f"{path} does not exist; give the path of a table: CSV, Parquet, JSON or netCDF"
    )


def test_csv_that_is_empty(tmp_path, table, refused):
    assert refused("run", *table()) == (
        f"{tmp_path}/homes.csv is empty; a table is a header line and rows; choose another file"
    )


def test_csv_without_the_column(tmp_path, table, refused):
    assert refused("run", *table("zip,sqft,price", "a,1,2", "b,2,3")) == (
        f"{tmp_path}/homes.csv has no column 'area'; its columns are zip, sqft, price; set "
        "data.path, data.group, data.x and data.y to a table (CSV, Parquet, JSON or netCDF) and "
        "columns of it"
    )


@pytest.mark.parametrize("cell", ["big", "NaN", "-inf"])
@pytest.mark.parametrize("column", ["area", "price"])
def test_csv_cell_that_is_no_finite_number(column, cell, tmp_path, table, refused):
    row = f"b,{cell},1" if column == "area" else f"b,1,{cell}"
    assert refused("run", *table(HEADER, "a,1,2", row, "b,3,4")) == (
        f"{tmp_path}/homes.csv: column '{column}' holds '{cell}' in line 3; every row needs a "
        "finite number (at most 1e+100 in size); correct the row or remove it"
    )


def test_csv_of_one_group(table, refused):
    assert refused("run", *table(HEADER, "a,1,2", "a,2,3")) == (
        "data=csv: column 'zip' holds 1 group (a); a hierarchical model needs at least 2; "
        "group by another column"
    )


def test_csv_of_constant_x(table, refused):
    assert refused("run", *table(HEADER, "a,1,2", "b,1,3")) == (
        "column 'area' is 1 in every row; standardising needs values that vary; "
        "choose another data.x, or set data.standardize=false"
    )


def test_csv_in_a_sweep(table, refused):
    assert "column 'area' holds 'x' in line 2;" in refused(
        "sweep", *table(HEADER, "a,x,2", "b,1,3"), "seed=1,2"
    )


# The store


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_store_that_does_not_answer(verb, refused):
    sentence = refused(verb, *TINY, "tracking.uri=http://127.0.0.1:1")
    assert sentence.startswith("tracking.uri=http://127.0.0.1:1: no answer (")
    assert sentence.endswith(
        "; start the server, or name another store with tracking.uri or MLFLOW_TRACKING_URI"
    )


def test_store_that_does_not_answer_when_read(refused):
    assert "no answer" in refused("show", "0123456789", "--store", "http://127.0.0.1:1")


def test_store_of_the_environment(monkeypatch, refused):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    assert refused("run", *TINY).startswith("tracking.uri=http://127.0.0.1:1: no answer (")


def test_store_keeps_the_password_to_itself(refused):
    sentence = refused("run", *TINY, "tracking.uri=http://me:secret@127.0.0.1:1")
    assert sentence.startswith("tracking.uri=http://***@127.0.0.1:1: no answer (")


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_store_below_a_file(verb, tmp_path, refused):
    (tmp_path / "file").write_text("")
    sentence = refused(verb, *TINY, f"tracking.uri=sqlite:///{tmp_path}/file/mlflow.db")
    assert sentence.startswith(f"{tmp_path}/file/mlflow.db: cannot be written (")
    assert sentence.endswith(
        "; choose a folder that can, with tracking.uri=sqlite:///PATH/mlflow.db"
    )


def test_store_that_is_a_directory(tmp_path, refused):
    (tmp_path / "store").mkdir()
    sentence = refused("run", *TINY, f"tracking.uri=sqlite:///{tmp_path}/store")
    assert sentence.startswith(f"{tmp_path}/store: cannot be written (")


def test_store_that_is_no_database(tmp_path, refused):
    (tmp_path / "mlflow.db").write_text("no database " * 100)
    sentence = refused("run", *TINY, f"tracking.uri=sqlite:///{tmp_path}/mlflow.db")
    assert sentence.startswith(f"{tmp_path}/mlflow.db: cannot be written (file is not a database)")


def test_store_of_a_kind_that_mlflow_does_not_write(refused):
    assert refused("run", *TINY, "tracking.uri=ftp://host/x").startswith(
        "ftp://host/x: no address of a store; known are sqlite, http, https, "
    )


@pytest.mark.parametrize("verb", ["compare", "status", "show 01234567", "resume 01234567", "ui"])
def test_store_that_holds_nothing(verb, folder, refused):
    sentence = refused(*verb.split())
    assert sentence.startswith(f"{folder}/runs/mlflow.db: no runs are kept there; start a sweep")


# Verbs and ids


def test_unknown_verb_lists_the_known(refused):
    sentence = refused("fit")
    assert sentence.startswith("fit: no such verb; known are run, sweep, ")
    assert sentence.endswith("; see `hierbench --help`")


def test_no_verb_names_the_help(refused):
    assert refused().endswith("see `hierbench --help`")


@pytest.mark.parametrize("words", [["sweep", "--nope"], ["show", "01234567", "--nope"]])
def test_unknown_option_names_the_verbs_help(words, refused):
    sentence = refused(*words)
    assert sentence == f"--nope: no such option; see `hierbench {words[0]} --help`"


def test_option_of_another_type(refused):
    assert refused("sweep", "--workers", "two") == (
        "argument --workers: invalid int value: 'two'; see `hierbench sweep --help`"
    )


def test_unknown_word_of_data(refused):
    assert refused("data", "nope") == (
        "data nope: known are list, check, prepare; choose one of them"
    )


def test_data_prepare_to_a_place_that_does_not_exist(tmp_path, refused):
    raw = tmp_path / "houses.csv"
    raw.write_text("zip,price,living_space\n10115,300000,60\n10117,400000,70\n")
    words = ("data", "prepare", "berlin_prices", "--source", str(raw), "--output", "no/where.csv")
    assert refused(*words).endswith("; choose a folder that can")


def new_run(store, kind, **tags):
    params = {"data": "ames", "parameterization": "centered", "seed": "1"}
    return start_run(store, NewRun(kind, kind, "", tags, params), f"{kind}{time.time_ns()}")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return a folder and the ids of a finished sweep and its one cell, made without fitting."""
    folder = tmp_path_factory.mktemp("kept")
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
    sweep_id = new_run(store, "sweep", command="hierbench sweep")
    cell_id = new_run(store, "cell", sweep_id=sweep_id, posterior="p", cell_key="k", gate="passed")
    log_results(store, cell_id, metrics={"r_hat_max": 1.0}, tags={})
    for run_id in (cell_id, sweep_id):
        end_run(store, run_id, RunStatus.FINISHED)
    return folder / "runs", {"sweep": sweep_id, "cell": cell_id}


@pytest.fixture
def runs(kept, folder):
    """Return the ids of `kept`, copied into the working folder."""
    shutil.copytree(kept[0], folder / "runs")
    return kept[1]


@pytest.mark.parametrize("verb", ["show", "compare", "status", "resume", "reproduce"])
def test_unknown_run_id(verb, runs, refused):
    assert refused(verb, "0123456789").startswith("0123456789: no run has this id; ")


@pytest.mark.parametrize("verb", ["show", "compare", "resume"])
def test_too_short_run_id(verb, runs, refused):
    assert refused(verb, "0123") == "0123: 4 characters of a run's id; give 8 or more"


def test_ambiguous_run_id(runs, folder, refused):
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as database, database:
        for table in ("runs", "tags", "params", "metrics", "latest_metrics"):
            for number, run_id in enumerate(runs.values()):
                change = f"UPDATE {table} SET run_uuid = ? WHERE run_uuid = ?"
                database.execute(change, (f"01234567{number}", run_id))
    assert refused("show", "01234567").startswith("01234567: 2 runs begin like this; ")


def test_compare_of_a_cell_names_show(runs, refused):
    cell = runs["cell"]
    assert refused("compare", cell) == (
        f"{cell}: a cell, not a sweep; see it with `hierbench show {cell[:8]}`"
    )


@pytest.mark.parametrize("verb", ["status", "resume"])
def test_sweep_verb_of_a_cell_names_its_sweep(verb, runs, refused):
    assert refused(verb, runs["cell"]) == (
        f"{runs['cell']}: the id of a cell, not of a sweep; its sweep is {runs['sweep']}"
    )


def test_compare_to_a_csv_that_cannot_be_written(runs, refused):
    sentence = refused("compare", "--csv", "no/where.csv")
    assert sentence.startswith("--csv no/where.csv: cannot be written (")
    assert "None" not in sentence


# Ctrl-C


INTERRUPTED_FIT = """
import os, signal, sys, threading, time
from hierbench.cli import main

def samples(code):
    waits = "nutpie" in code.co_filename and code.co_name == "wait"
    return waits or code.co_name in ("_sample_many", "_mp_sample")

def sampling():
    frame = sys._current_frames()[threading.main_thread().ident]
    while frame is not None:
        if samples(frame.f_code):
            return True
        frame = frame.f_back
    return False

def interrupt():
    seen = 0
    while seen < 20:  # longer than the one step that each function is tried with
        time.sleep(0.02)
        seen = seen + 1 if sampling() else 0
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
sys.exit(main(sys.argv[1:]))
"""
"""Sends itself SIGINT once the sampler has been running for a while."""

LONG = ("plots=none", "artifacts=minimal", "sampler.draws=1000000", "sampler.chains=1")
KEPT = "hierbench: interrupted; what had finished is kept\n"


def interrupted_in_mid_fit(folder, *words):
    """Run the program with long cells until it interrupts itself."""
    words = [sys.executable, "-c", INTERRUPTED_FIT, *words, *TINY, *LONG]
    return finished(words, "a sweep that interrupts itself", cwd=folder)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """Return folder and process of a sweep without workers, interrupted in its first cell."""
    folder = tmp_path_factory.mktemp("basic")
    return folder, interrupted_in_mid_fit(folder, "sweep", "hydra/launcher=basic", "seed=1,2")


@pytest.mark.slow
def test_ctrl_c_in_mid_fit_exits_130(interrupted):
    assert interrupted[1].returncode == 130


@pytest.mark.slow
def test_ctrl_c_in_mid_fit_says_what_is_kept(interrupted):
    assert interrupted[1].stderr == KEPT


@pytest.mark.slow
def test_ctrl_c_in_mid_fit_ends_the_open_run_and_the_parent_killed(interrupted):
    assert statuses(interrupted[0]) == [("cell", "KILLED"), ("sweep", "KILLED")]


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_ctrl_c_in_a_single_run(sampler, tmp_path):
    process = interrupted_in_mid_fit(tmp_path, "run", f"sampler={sampler}")
    assert (process.returncode, process.stderr) == (130, KEPT)
    assert statuses(tmp_path) == [("cell", "KILLED")]


@pytest.fixture(scope="module")
def interrupted_workers(tmp_path_factory):
    """Return folder, exit code and stderr of a sweep ended by Ctrl-C in a terminal.

    There the signal goes to the workers too.
    """
    folder = tmp_path_factory.mktemp("sweep")
    words = [sys.executable, "-m", "hierbench", "sweep", *TINY, *LONG, "seed=1,2"]
    process = subprocess.Popen(
        words, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until(lambda: list(folder.glob("runs/sweeps/*/*/record.json")), "a cell to begin")
    until(lambda: ("cell", "RUNNING") in statuses(folder), "a cell to be in the store")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    return folder, process.returncode, err


@pytest.mark.slow
def test_ctrl_c_in_a_sweep_of_workers_exits_130(interrupted_workers):
    assert interrupted_workers[1] == 130


@pytest.mark.slow
def test_ctrl_c_in_a_sweep_of_workers_says_what_is_kept(interrupted_workers):
    assert interrupted_workers[2].endswith(KEPT)


@pytest.mark.slow
def test_ctrl_c_in_a_sweep_of_workers_leaves_no_traceback(interrupted_workers):
    assert "Traceback" not in interrupted_workers[2]


@pytest.mark.slow
def test_ctrl_c_in_a_sweep_of_workers_ends_the_open_cell_and_the_parent_killed(interrupted_workers):
    assert statuses(interrupted_workers[0]) == [("cell", "KILLED"), ("sweep", "KILLED")]


def statuses(folder: Path):
    """Return kind and status of every run in the folder's store."""
    query = (
        "SELECT tags.value, runs.status FROM runs JOIN tags USING (run_uuid) "
        "WHERE tags.key = 'hierbench.kind' ORDER BY 1"
    )
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as database:
        return database.execute(query).fetchall()
