"""What a verb imports: one that only reads imports nothing that samples or draws."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hierbench.cli import VERBS
from hierbench.tracking import locate, open_store
from tests.integration.compare.planted import grid, plant_plan, plant_sweep

ROOT = Path(__file__).parents[2]

SAMPLING = (
    "pymc",
    "pytensor",
    "numba",
    "llvmlite",
    "nutpie",
    "jax",
    "arviz",
    "arviz_base",
    "arviz_stats",
    "arviz_plots",
    "xarray",
    "h5py",
    "matplotlib",
)
CONFIGURATION = ("hydra", "omegaconf")
STORE = ("mlflow", "sqlalchemy", "alembic")
TABLES = ("numpy", "pandas", "pyarrow", "scipy", "rich")

CALLS = """
import contextlib, io, json, sys
from importlib import import_module

def loaded():
    return {name for name in sys.modules if sys.modules[name] is not None}

found = []
for words in json.loads(sys.argv[1]):
    before, out = loaded(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            if words[0] == "import":
                import_module(words[1])
                code = 0
            else:
                code = import_module("hierbench.cli").main(words)
    except SystemExit as end:
        code = end.code
    found.append([code, out.getvalue(), sorted(loaded() - before)])
print(json.dumps(found))
"""
"""Runs command lines one after the other; what one imports counts for the first that does."""


def imports_of(folder: Path, calls: list[list[str]]) -> dict[str, set[str]]:
    """Return the modules that each of some calls imported beyond those of the calls before it."""
    done = subprocess.run(
        [sys.executable, "-c", CALLS, json.dumps(calls)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    # 1 says that the answer is bad: doctor's, of a busy machine.
    bad = [
        (words, out)
        for words, (code, out, _) in zip(calls, found, strict=True)
        if code not in (0, 1)
    ]
    assert not bad, f"{bad} {done.stderr}"
    return {" ".join(words): set(names) for words, (_, _, names) in zip(calls, found, strict=True)}


def forbidden(imported: dict[str, set[str]], names: tuple[str, ...]) -> dict[str, list[str]]:
    """Return those of `names` that were imported, by the call that did it."""
    found = {call: sorted(modules & set(names)) for call, modules in imported.items()}
    return {call: modules for call, modules in found.items() if modules}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A folder with a store of two sweeps, and the ids of the later sweep and of its cells."""
    folder = tmp_path_factory.mktemp("planted")
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
    plant_sweep(store, grid(2))
    sweep = plant_sweep(store, grid(2, start=2))
    plant_plan(store, sweep, folder / "plan")
    query = f"tags.`hierbench.sweep_id` = '{sweep}'"
    cells = store.client.search_runs([store.experiment_id], query)
    return folder, sweep, [cell.info.run_id for cell in cells]


def test_verbs_that_read_a_store_import_nothing_that_samples(planted):
    folder, sweep, cells = planted
    calls = [
        ["status"],
        ["show", sweep],
        ["show", cells[0]],
        ["compare"],
        ["compare", sweep, "--markdown"],
        ["compare", sweep, "--verify", "--csv", "cells.csv"],
        ["sync"],
        ["repair"],
        ["import", VERBS["ui"]],  # it would start a server
        ["doctor"],
    ]
    imported = imports_of(folder, calls)
    assert "mlflow" in imported["status"]
    assert forbidden(imported, (*SAMPLING, *CONFIGURATION, "scipy.stats")) == {}


def test_verbs_without_a_store_do_not_import_mlflow(tmp_path):
    table = ROOT / "data" / "ames.csv"
    keys = ("group=Neighborhood", "x=Gr_Liv_Area", "y=Sale_Price")
    calls = [
        ["data", "list"],
        ["data", "list", "--json"],
        ["data", "check", str(table), *(f"data.{key}" for key in keys)],
    ]
    imported = imports_of(tmp_path, calls)
    assert "pandas" in imported["data list"]
    assert forbidden(imported, (*SAMPLING, *STORE)) == {}
    assert forbidden({"data list": imported["data list"]}, (*CONFIGURATION, "scipy")) == {}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["run", "--help"]], ids=" ".join)
def test_questions_about_the_program_import_the_standard_library_alone(tmp_path, words):
    (imported,) = imports_of(tmp_path, [words]).values()
    assert "hierbench.cli" in imported
    assert imported & {*SAMPLING, *CONFIGURATION, *STORE, *TABLES} == set()


def test_names_of_samplers_forms_and_data_sets_are_read_without_what_they_import(tmp_path):
    calls = [
        ["import", f"hierbench.{room}"] for room in ("samplers", "models", "models.homes.datasets")
    ]
    imported = imports_of(tmp_path, calls)
    assert "hierbench.samplers" in imported["import hierbench.samplers"]
    assert forbidden(imported, (*SAMPLING, *CONFIGURATION, *STORE, "scipy")) == {}


def test_sweep_that_is_planned_imports_nothing_that_samples_or_diagnoses(tmp_path):
    call = ["sweep", "--dry-run", "seed=1,2"]
    (imported,) = imports_of(tmp_path, [call]).values()
    assert imported & {"pymc", "pytensor", "nutpie", "numba", "arviz", "arviz_stats"} == set()


def test_server_of_workers_sets_its_threads_before_anything_is_imported():
    """In a script or a notebook nothing else has set them, and NumPy reads them once."""
    program = "import sys, hierbench.executors.server; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {"numpy", "scipy", "mlflow"} & set(printed.stdout.decode().split())
