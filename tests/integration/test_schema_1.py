"""A store of tracking contract 1: each verb answers on it as the code that wrote it did."""

import json
import tarfile
from pathlib import Path

import pandas as pd
import pytest

import hierbench
from hierbench.cli import main
from hierbench.records import RunStatus
from hierbench.tracking import cells_of, find_run, locate, open_store

STORES = Path(__file__).with_name("stores")
RUN, SWEEP, STOPPED = "37b0d52d", "f973753b", "551026e9"
NONCENTERED = "111cb832"
PRESENT = {"ess_tail_min": "ess_tail_min_11_89"}
"""Names that have changed since."""

# MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"
)


def unpacked(folder):
    """Unpack the store into `folder`; return its address."""
    with tarfile.open(STORES / "schema_1.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return f"sqlite:///{folder}/runs/mlflow.db"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The store, for tests that only read."""
    return unpacked(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def store(tmp_path):
    """The store, for a test that writes."""
    return unpacked(tmp_path)


@pytest.fixture
def answer(capsys):
    """Return what a verb answers as JSON."""

    def asked(*words, codes=(0,)):
        capsys.readouterr()
        assert main([*words, "--json"]) in codes
        return json.loads(capsys.readouterr().out)

    return asked


def opened(uri):
    return open_store(locate(uri, Path.cwd()), create=False)


def ranking(comparison):
    """Return all that a comparison ranks, and why it does not rank the rest."""
    names = ("posterior", "axes", "cells", "finished", "passed", "why_unranked", "run_ids")
    settings = [{name: of[name] for name in names} for of in comparison["settings"]]
    best = [of["probability_best"] for of in comparison["settings"]]
    return comparison["metric"], settings, best, comparison["pairs"]


def estimates(comparison):
    return {
        (place, PRESENT.get(name, name)): estimate
        for place, setting in enumerate(comparison["settings"])
        for name, estimate in setting["estimates"].items()
    }


@pytest.mark.parametrize("run_id", [RUN, SWEEP, STOPPED, NONCENTERED])
def test_show(kept, answer, run_id):
    shown = answer("show", run_id, "--store", kept)
    assert shown["run_id"].startswith(run_id)
    assert shown["command"].startswith("hierbench ")


def test_cell_is_shown_under_the_present_names(kept, answer):
    shown = answer("show", RUN, "--store", kept)
    names = ("model", "variant", "rows", "groups")
    assert [shown["params"][name] for name in names] == ["homes", "correlated", "80", "4"]
    assert "ess_tail_min_11_89" in shown["metrics"]
    assert "ess_tail_min" not in shown["metrics"]
    assert "; ess_tail_min_11_89 " in shown["tags"]["gate_failures"]
    assert shown["tags"]["schema"] == "1"


def test_status(kept, answer):
    finished, stopped = answer("status", SWEEP, STOPPED, "--store", kept)
    assert (finished["status"], finished["finished"]) == ("FINISHED", 4)
    assert (stopped["status"], stopped["finished"], stopped["killed"]) == ("KILLED", 1, 1)


def test_comparison_ranks_as_it_did(kept, answer):
    then = json.loads((STORES / "schema_1.compare.json").read_text(encoding="utf-8"))
    now = answer("compare", SWEEP, "--store", kept)
    assert ranking(now) == ranking(then)
    assert estimates(now) == {name: pytest.approx(of) for name, of in estimates(then).items()}


def test_report(kept, tmp_path):
    page = tmp_path / "page.html"
    assert main(["compare", SWEEP, "--store", kept, "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert NONCENTERED in text
    assert 'data-metric="ess_tail_min_11_89"' in text
    assert 'data-metric="ess_tail_min"' not in text


def test_runs(kept):
    cells = hierbench.runs(store=kept)
    assert len(cells) == 7
    assert len(hierbench.runs("gate=passed", store=kept)) == 5
    assert list(hierbench.runs("gate=failed", store=kept)["parameterization"]) == ["correlated"]
    assert list(hierbench.runs("variant=correlated", store=kept)["run_id"].str[:8]) == [RUN]
    assert len(hierbench.runs("model=homes", "rows>=80", store=kept)) == 7


@pytest.mark.slow
def test_resumed(store, answer):
    found = answer("resume", STOPPED, "--store", store, "--force")
    assert [cell["status"] for cell in found["cells"]] == ["FINISHED"] * 3
    cells = cells_of(opened(store), found["sweep_id"])
    assert sorted(cell.params["seed"] for cell in cells) == ["1", "2", "3"]
    assert {cell.status for cell in cells} == {RunStatus.FINISHED}


@pytest.mark.slow
def test_extended(store, answer):
    options = ("--extend", SWEEP, "--store", store, "--force")
    found = answer("sweep", "parameterization=noncentered", "seed=3", *options)
    cells = cells_of(opened(store), found["sweep_id"])
    assert len(cells) == 5
    assert {cell.status for cell in cells} == {RunStatus.FINISHED}
    assert_tails_are_apart(found["cells"])
    assert_tails_are_apart(hierbench.runs(f"sweep_id={found['sweep_id']}", store=store))
    compared = answer("compare", SWEEP, "--store", store)
    assert {"ess_tail_min", "ess_tail_min_11_89"} <= compared["settings"][0]["estimates"].keys()


def assert_tails_are_apart(cells):
    """Four cells have the tails of contract 1, one has those of now, none has both."""
    cells = pd.DataFrame(cells)
    old, new = cells["ess_tail_min_11_89"].notna(), cells["ess_tail_min"].notna()
    assert (old.sum(), new.sum(), (old & new).sum()) == (4, 1, 0)


def test_reproduced(store, answer):
    # On another kind of processor its few draws may be others, too few to say more.
    found = answer("reproduce", NONCENTERED, "--store", store, codes=(0, 1))
    assert found["judgement"]["verdict"] != "DIFFERENT"
    again = find_run(opened(store), found["new"]["run_id"])
    first = find_run(opened(store), NONCENTERED)
    assert again.tags["cell_key"] == first.tags["cell_key"]
    assert again.tags["posterior"] == first.tags["posterior"]
    changed = [phrase for phrase in found["changes"] if phrase.split()[0] in first.params]
    assert changed == []
