"""Callables that a store holds are called by no verb, and its interpolations resolved by none."""

import json
import pickle
import sqlite3
from contextlib import chdir, closing

import pytest
import yaml

from hierbench.cli import VERBS, main, serving
from hierbench.errors import StoreError
from tests.integration.reproduce.test_untrusted import Payload
from tests.integration.secrets.searching import SECRET, runs_with
from tests.integration.sweeps.programs import TINY
from tests.integration.sweeps.sweeping import unlock
from tests.planted import plant

pytestmark = pytest.mark.slow

SWEPT = [*TINY, "hydra/launcher=basic", "parameterization=centered,noncentered", "gate=none"]
REFERENCE = "${oc.env:HELD_BACK}"


@pytest.fixture(autouse=True)
def fit_and_serve_at_once(monkeypatch):
    def reached(*_, **__):
        raise StoreError("the server would begin")

    plant(monkeypatch)
    monkeypatch.setattr(serving, "start", reached)
    monkeypatch.setenv("HELD_BACK", SECRET)


@pytest.fixture
def swept(tmp_path, capsys):
    """Return a folder with a sweep in it, made here, and the ids of the sweep and of its cells."""
    with chdir(tmp_path):
        assert main(["sweep", *SWEPT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    return tmp_path, found["sweep_id"], [cell["run_id"] for cell in found["cells"]]


def mutated(content, mapping, leaf):
    """Return plain data with `mapping` in each of its mappings, and `leaf` of each of its texts."""
    if isinstance(content, dict):
        return {**{key: mutated(value, mapping, leaf) for key, value in content.items()}, **mapping}
    if isinstance(content, list):
        return [mutated(value, mapping, leaf) for value in content]
    return leaf(content) if isinstance(content, str) else content


def rewrite(folder, mapping, leaf=lambda text: text):
    """Change every plan, configuration and provenance that the store holds."""
    for name, loads, dumps in (
        ("plan.json", json.loads, json.dumps),
        ("provenance.json", json.loads, json.dumps),
        ("config.yaml", yaml.safe_load, yaml.safe_dump),
    ):
        for path in folder.rglob(f"artifacts/{name}"):
            path.write_text(dumps(mutated(loads(path.read_text()), mapping, leaf)))


def edit(folder, *statements):
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as database, database:
        for statement, value in statements:
            database.execute(statement, (value,))


def targets(folder, proof):
    rewrite(folder, {"_target_": "os.mkdir", "_args_": [proof], "path": proof})


def python_tags(folder, proof):
    for path in folder.rglob("config.yaml"):
        path.write_text(f"data: !!python/object/apply:os.mkdir ['{proof}']\n")


def pickles(folder, proof):
    for path in (folder / "runs").rglob("artifacts/*.*"):
        if path.is_file():
            path.write_bytes(pickle.dumps(Payload(proof)))


def interpolations(folder, proof):
    rewrite(folder, {}, lambda text: REFERENCE)
    edit(folder, ("update params set value = ?", REFERENCE))


def words_of_a_shell(folder, proof):
    planted = f"hierbench sweep '$(mkdir {proof})' `mkdir {proof}` ; mkdir {proof}"
    edit(folder, ("update tags set value = ? where key = 'hierbench.command'", planted))


@pytest.mark.parametrize(
    "planted", [targets, python_tags, pickles, interpolations, words_of_a_shell]
)
def test_no_verb_calls_or_resolves_what_a_store_holds(swept, planted, capsys):
    folder, sweep, cells = swept
    proof = folder / "executed"
    planted(folder, str(proof))
    calls = [
        ["status", sweep],
        ["show", sweep],
        ["show", cells[0], "--json"],
        ["compare", sweep, "--html", "report.html"],
        ["validate", "--of", sweep],
        ["ui", sweep, "--no-browser"],
        ["sync"],
        ["repair", "--moved"],
        ["doctor"],
        ["data", "list"],
        ["reproduce", cells[0]],
        ["resume", sweep, "--force"],
        ["sweep", "--extend", sweep, "seed=2"],
        ["sweep", *SWEPT, "seed=3"],
        ["run", *TINY, "gate=none"],
    ]
    assert {words[0] for words in calls} == set(VERBS)
    for words in calls:
        unlock(folder / "runs" / "sweeps" / sweep)
        with chdir(folder):
            code = main(words)
        printed = capsys.readouterr()
        assert code in (0, 1, 2), (words, printed.err)
        assert SECRET not in printed.out + printed.err, words
        assert not proof.exists(), words
    assert list(runs_with(f"sqlite:///{folder}/runs/mlflow.db")) == []
