"""Runs made anew, with real draws: quick for one, slow for each form and sampler."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hierbench.cell import CellPlace, plan_cell
from hierbench.cell.running import CompiledModels, run_cell
from hierbench.cli import main
from hierbench.config.plain import from_plain
from hierbench.models.data import load
from hierbench.models.homes.forms import FORMS
from hierbench.tracking import cells_of, locate, open_store
from tests.integration.reproduce.handmade import GROUPS, Made, csv_file, plain_config

ROOT = Path(__file__).resolve().parents[3]
FULL = {"draws": 1000, "tune": 1000, "chains": 4, "target_accept": 0.99}
SMALL = ("data=berlin_like", "data.rows=60", "data.groups=6", "plots=none")
SHORT = ("sampler.draws=50", "sampler.tune=50", "sampler.chains=2")


@pytest.fixture
def fitted(store, tmp_path):
    """Return a maker of tracked fits on the table of homes; later ones compile nothing."""
    compiled = CompiledModels()

    def fit(**keys):
        path = csv_file(tmp_path, rows=50 * GROUPS)
        config = from_plain(plain_config(path, **keys))
        cell = plan_cell(config, load(config))
        result = run_cell(cell, store, compiled, CellPlace(tmp_path / "cell", cores=2))
        return Made(store, result.run_id, store.location.artifacts / result.run_id / "artifacts")

    return fit


@pytest.fixture
def verdict(capsys):
    """Return the last word of a reproduction, and its exit code."""

    def word(run, *options):
        code = run.reproduce(*options)
        return capsys.readouterr().out.splitlines()[-1], code

    return word


def new_run(made):
    query = f"tags.`hierbench.reproduces` = '{made.run_id}'"
    (found,) = made.store.client.search_runs([made.store.experiment_id], query)
    return found


def test_reproducing_is_identical_and_tracked(fitted, verdict):
    made = fitted()
    assert verdict(made, "--strict") == ("IDENTICAL", 0)
    assert new_run(made).data.tags["hierbench.verdict"] == "IDENTICAL"


@pytest.mark.slow
def test_reproducing_another_seed_is_equivalent(fitted, verdict):
    made = fitted(sampler=FULL)
    made.edit_config(None, "seed", 2)
    assert verdict(made) == ("EQUIVALENT", 0)
    assert verdict(made, "--strict") == ("EQUIVALENT", 1)


@pytest.mark.slow
def test_reproducing_another_prior_scale_is_different(fitted, verdict):
    made = fitted(sampler=FULL)
    made.edit_config("prior", "scale", 0.05)
    assert verdict(made) == ("DIFFERENT", 1)


@pytest.mark.slow
def test_reproducing_another_data_row_is_different(fitted, verdict, tmp_path):
    made = fitted(sampler=FULL)
    path = tmp_path / "my homes.csv"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].rpartition(",")[0] + ",50"
    path.write_text("\n".join(lines))
    assert verdict(made, "--accept-data") == ("DIFFERENT", 1)


@pytest.mark.slow
def test_reproducing_another_group_is_different(fitted, verdict, tmp_path):
    made = fitted(sampler=FULL)
    path = tmp_path / "my homes.csv"
    path.write_text(path.read_text() + "99999,100,5\n")
    assert verdict(made, "--accept-data") == ("DIFFERENT", 1)


@pytest.mark.slow
def test_reproducing_fifty_draws_of_another_seed_is_undecided(fitted, verdict):
    made = fitted(sampler={**FULL, "draws": 50})
    made.edit_config(None, "seed", 2)
    assert verdict(made) == ("UNDECIDED", 1)


def program(folder, *words, **environment):
    """Run hierbench in a fresh process and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "hierbench", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(folder):
    store = open_store(locate(None, folder))
    (sweep,) = store.client.search_runs(
        [store.experiment_id], "tags.`hierbench.kind` = 'sweep'", max_results=1
    )
    return cells_of(store, sweep.info.run_id)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_reproducing_each_form_of_a_sweep(tmp_path, sampler, workers):
    forms = f"parameterization={','.join(FORMS)}"
    program(tmp_path, "sweep", *SMALL, *SHORT, forms, f"sampler={sampler}", "--workers", workers)
    store = ("--store", f"sqlite:///{tmp_path}/runs/mlflow.db")
    codes = [main(["reproduce", cell.run_id, "--strict", *store]) for cell in cells(tmp_path)]
    assert codes == [0] * len(FORMS)


@pytest.mark.slow
def test_reproducing_with_a_cold_and_a_warm_cache(tmp_path):
    shown = json.loads(program(tmp_path, "run", *SMALL, *SHORT, "--json"))
    cold = {"NUMBA_CACHE_DIR": str(tmp_path / "cold")}
    for _ in range(2):
        found = program(tmp_path, "reproduce", shown["run_id"], "--strict", **cold)
        assert found.splitlines()[-1] == "IDENTICAL"


@pytest.mark.slow
def test_reproducing_after_resume(tmp_path):
    program(tmp_path, "sweep", *SMALL, *SHORT, "seed=1,2")
    first, last = cells(tmp_path)
    store = open_store(locate(None, tmp_path))
    store.client.set_terminated(last.run_id, status="KILLED")
    program(tmp_path, "resume", first.tags["sweep_id"])
    for cell in cells(tmp_path):
        found = program(tmp_path, "reproduce", cell.run_id, "--strict")
        assert found.splitlines()[-1] == "IDENTICAL"


def committed(clone, message):
    git = ["git", "-C", str(clone), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", message], check=True)


@pytest.mark.slow
def test_reproducing_in_the_recorded_environment(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    unlinked = shutil.ignore_patterns("__pycache__", "conf", "data")
    shutil.copytree(ROOT / "hierbench", clone / "hierbench", ignore=unlinked, dirs_exist_ok=True)
    (clone / "run.txt").write_text("made at this commit")
    committed(clone, "Earlier")
    here = {"PYTHONPATH": str(clone), "MAKEFLAGS": "--dry-run", "VIRTUAL_ENV": sys.prefix}
    shown = json.loads(program(clone, "run", *SMALL, *SHORT, "--json", **here))
    (clone / "hierbench" / "later.py").write_text('"""Made later."""\n')
    committed(clone, "Later")
    found = program(clone, "reproduce", shown["run_id"], "--env", "recorded", **here)
    assert found.splitlines()[-1] == "IDENTICAL"
    listed = subprocess.check_output(["git", "-C", clone, "worktree", "list"], text=True)
    assert len(listed.splitlines()) == 1
