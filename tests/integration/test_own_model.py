"""A model of the user's own from the command line: swept, compared, resumed and repeated."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

SCHOOLS = Path(__file__).parents[2] / "experiments" / "schools"
SHORT = ("sampler.tune=200", "sampler.draws=200", "sampler.chains=2", "gate=none")


@pytest.fixture(scope="module")
def hierbench(tmp_path_factory):
    """Run the program in one folder, with a registry and a cache of its own; return its end."""
    folder = tmp_path_factory.mktemp("own")
    places = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    for name in ("schools.py", "schools.csv"):
        shutil.copy(SCHOOLS / name, folder / name)

    def run(*words, **more):
        return subprocess.run(
            [sys.executable, "-m", "hierbench", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **places, **more},
        )

    run.folder = folder
    run.file = folder / "schools.py"
    run.text = run.file.read_text("utf-8")
    return run


@pytest.fixture
def edited(hierbench):
    """Write another text into the model's file; the old one is back at the end."""
    yield hierbench.file.write_text
    hierbench.file.write_text(hierbench.text)


@pytest.fixture(scope="module")
def sweep(hierbench):
    """Sweep both forms over two prior scales with two workers; return the sweep's id."""
    ended = hierbench(
        *("sweep", "model=schools.py", "parameterization=all", "prior.scale=1,2"),
        *("--workers", "2", "--json", *SHORT),
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["sweep_id"]


def cells_of(hierbench, sweep):
    """Return the sweep's cells, a row each."""
    (table,) = (hierbench.folder / "runs" / "artifacts" / sweep).rglob("comparison.parquet")
    return pd.read_parquet(table)


def test_cells_say_which_model_they_are_of(hierbench, sweep):
    cells = cells_of(hierbench, sweep)
    assert len(cells) == 4
    assert set(cells["status"]) == {"FINISHED"}
    assert set(cells["model"]) == {"schools"}
    assert set(cells["data.path"]) == {str(hierbench.folder / "schools.csv")}
    assert cells["ess_bulk_min.effects"].notna().all()


def test_each_form_is_compiled_once(hierbench, sweep):
    assert sum(cells_of(hierbench, sweep)["tag.compiled"] == "fresh") == 2


def test_sweep_has_a_copy_that_only_the_user_reads(hierbench, sweep):
    (copy,) = (hierbench.folder / "runs" / "sweeps" / sweep / "models").rglob("*.py")
    assert copy.read_text("utf-8") == hierbench.text
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


def test_store_has_the_text_for_reading(hierbench, sweep):
    (text,) = (hierbench.folder / "runs" / "artifacts" / sweep).rglob("schools.py")
    assert text.read_text("utf-8") == hierbench.text


def reproduced(hierbench, sweep, *words):
    run = cells_of(hierbench, sweep)["run_id"].iloc[0]
    return hierbench("reproduce", run, *words)


def test_reproduced_bit_for_bit_also_with_nothing_compiled(hierbench, sweep, tmp_path):
    for places in ({}, {"XDG_CACHE_HOME": str(tmp_path)}):
        run = cells_of(hierbench, sweep)["run_id"].iloc[0]
        ended = hierbench("reproduce", run, **places)
        assert ended.stdout.rstrip().endswith("IDENTICAL"), ended.stderr


def test_reproduced_after_an_edit_of_a_comment(hierbench, sweep, edited):
    edited(hierbench.text.replace("import pymc as pm", "import pymc as pm  # the library"))
    ended = reproduced(hierbench, sweep)
    assert ended.stdout.rstrip().endswith("IDENTICAL"), ended.stderr


def test_an_edit_is_named_and_nothing_is_fitted(hierbench, sweep, edited):
    edited(hierbench.text.replace('"tau": 5.0', '"tau": 6.0'))
    ended = reproduced(hierbench, sweep)
    assert ended.returncode == 2
    assert "schools.py has changed since (PRIOR); put the old text back" in ended.stderr


def test_a_file_that_is_gone_is_one_sentence_and_can_be_named(hierbench, sweep):
    moved = hierbench.file.rename(hierbench.folder / "moved.py")
    try:
        ended = reproduced(hierbench, sweep)
        assert ended.returncode == 2
        assert "schools.py is gone; put it back, or give it with --model FILE" in ended.stderr
        ended = reproduced(hierbench, sweep, "--model", str(moved))
        assert ended.stdout.rstrip().endswith("IDENTICAL"), ended.stderr
    finally:
        moved.rename(hierbench.file)


def test_an_extension_after_an_edit_is_of_the_sweeps_own_copy(hierbench, sweep, edited):
    edited(hierbench.text.replace('"tau": 5.0', '"tau": 6.0'))
    ended = hierbench("sweep", "--extend", sweep, "seed=1,2", "--workers", "2")
    assert ended.returncode == 0, ended.stderr
    folders = (hierbench.folder / "runs" / "artifacts").glob("*/artifacts/provenance.json")
    sources = {json.loads(path.read_text())["asked"]["source_sha256"] for path in folders}
    assert len(cells_of(hierbench, sweep)) == 8
    assert len(sources) == 1


def test_another_user_imports_nothing_that_the_store_names(hierbench, sweep, tmp_path):
    mark = tmp_path / "ran"
    run = cells_of(hierbench, sweep)["run_id"].iloc[0]
    planted = hierbench.text.replace(
        "import pymc as pm", f"open({str(mark)!r}, 'w')\nimport pymc as pm"
    )
    hierbench.file.write_text(planted)
    try:
        ended = hierbench("reproduce", run, XDG_STATE_HOME=str(tmp_path / "other"))
    finally:
        hierbench.file.write_text(hierbench.text)
    assert ended.returncode == 2
    assert "which this user has not run on this machine" in ended.stderr
    ended = hierbench("resume", sweep, XDG_STATE_HOME=str(tmp_path / "other"))
    assert ended.returncode == 2
    assert "which this user has not run on this machine" in ended.stderr
    assert not mark.exists()


def test_forms_that_are_no_rivals_are_refused_before_the_first_fit(hierbench):
    wrong = hierbench.folder / "wrong.py"
    wrong.write_text(hierbench.text.replace("mu + tau * z", "tau * z"))
    before = set((hierbench.folder / "runs" / "sweeps").iterdir())
    ended = hierbench("sweep", "model=wrong.py", "parameterization=all", *SHORT)
    assert ended.returncode == 1
    assert "nothing was fitted" in ended.stderr
    assert "noncentered" in ended.stderr
    assert "theta" in ended.stderr
    assert set((hierbench.folder / "runs" / "sweeps").iterdir()) == before


def test_check_prints_a_table_and_json(hierbench):
    ended = hierbench("model", "check", "schools.py")
    assert ended.returncode == 0, ended.stderr
    assert "The forms of schools are one posterior" in ended.stdout
    ended = hierbench("model", "check", "schools.py", "--quick", "--json")
    found = json.loads(ended.stdout)
    assert {one["form"] for one in found["findings"]} == {"centered", "noncentered"}


@pytest.mark.parametrize("outcome", ["normal", "binomial", "poisson"])
def test_new_file_passes_its_checks_and_runs(hierbench, outcome):
    assert hierbench("model", "new", f"{outcome}_new.py", "--outcome", outcome).returncode == 0
    ended = hierbench("model", "check", f"{outcome}_new.py")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    ended = hierbench("run", f"model={outcome}_new.py", *SHORT)
    assert ended.returncode == 0, ended.stderr


def test_api_takes_a_path(hierbench):
    program = (
        "import hierbench, pathlib\n"
        "short = {'tune': 100, 'draws': 100, 'chains': 2}\n"
        "found = hierbench.run(model=pathlib.Path('schools.py'), sampler=short)\n"
        "again = hierbench.reproduce(found.run_id)\n"
        "print(found.passed in (True, False), again.verdict)\n"
    )
    places = {
        name: str(hierbench.folder / name[4:9].lower())
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME")
    }
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=hierbench.folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **places},
    )
    assert ended.stdout.split() == ["True", "IDENTICAL"], ended.stderr
