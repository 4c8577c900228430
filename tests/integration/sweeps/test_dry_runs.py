"""`sweep --dry-run` with every combination of options plans, and changes nothing on the disk."""

import json
import sqlite3
from contextlib import closing
from itertools import product

import pytest

from hierbench.cli import fitting, main
from hierbench.errors import StoreError
from tests.integration.sweeps.sweeping import (
    DATA,
    empty_store,
    opened,
    plan_of,
    recorded_as_finished,
    unlock,
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """A finished sweep of two seeds, none of them fitted."""
    made = opened(plan_of(2), empty_store(tmp_path_factory.mktemp("dry")))
    recorded_as_finished(made)
    unlock(made.folder)
    return made


@pytest.fixture(autouse=True)
def fit_nothing(monkeypatch):
    """End a dry run that would fit."""

    def reached(*_, **__):
        raise StoreError("the first fit would begin")

    monkeypatch.setattr(fitting, "finish_cells", reached)


def on_disk(store):
    """Return every file beside the database with its bytes, and every row of the database."""
    root = store.location.file.parent
    files = {
        path.relative_to(root): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if not path.name.startswith(("mlflow.db", ".mlflow.db"))
    }
    with closing(sqlite3.connect(store.location.file)) as database:
        return files, list(database.iterdump())


OPTIONS = [
    [*json_, *workers, *launcher, *accept]
    for json_, workers, launcher, accept in product(
        ([], ["--json"]),
        ([], ["--workers", "2"]),
        ([], ["hydra/launcher=local"]),
        ([], ["--accept-data"]),
    )
]


FEW = ([], ["--json"], ["--workers", "2", "hydra/launcher=local", "--accept-data"])
"""What the quick tests take; the others are slow."""


def marked(options):
    """Return all of `options` as parameters."""
    slow = [() if of in FEW else pytest.mark.slow for of in options]
    return [pytest.param(of, marks=mark) for of, mark in zip(options, slow, strict=True)]


@pytest.mark.parametrize("options", marked(OPTIONS), ids=" ".join)
def test_dry_run_of_an_extension_changes_nothing(sweep, capsys, options):
    before = on_disk(sweep.store)
    words = ["sweep", "--extend", sweep.sweep_id[:8], "seed=2,3", "--dry-run", *options]
    assert main([*words, "--store", sweep.store.location.uri]) == 0
    printed = capsys.readouterr()
    assert on_disk(sweep.store) == before
    if "--json" in options:
        found = json.loads(printed.out)
        assert (found["cells"], len(found["plan"])) == (1, 1)
        assert "seed 3" in found["plan"][0]
    else:
        assert "1 cells" in printed.out


@pytest.mark.parametrize("options", marked([of for of in OPTIONS if "--accept-data" not in of]))
def test_dry_run_of_a_new_sweep_changes_nothing(sweep, capsys, options):
    before = on_disk(sweep.store)
    data = ["data=berlin_like", *(f"data.{name}={DATA[name]}" for name in ("rows", "groups"))]
    place = f"tracking.uri={sweep.store.location.uri}"
    assert main(["sweep", *data, "seed=1,2", place, "--dry-run", *options]) == 0
    assert on_disk(sweep.store) == before
    assert "2" in capsys.readouterr().out


def test_dry_run_of_an_extension_by_what_has_finished_has_no_cells(sweep, capsys):
    words = ["sweep", "--extend", sweep.sweep_id, "seed=1", "--dry-run", "--json"]
    assert main([*words, "--store", sweep.store.location.uri]) == 0
    assert json.loads(capsys.readouterr().out)["plan"] == []
