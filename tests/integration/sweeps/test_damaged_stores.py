"""Plans and records that something broke: one sentence from every verb, or an answer."""

import json
import math
import sqlite3
from contextlib import closing

import pytest

from hierbench.cli import fitting, main, serving
from hierbench.errors import StoreError
from hierbench.tracking import cells_of
from tests.integration.sweeps.sweeping import (
    empty_store,
    opened,
    plan_of,
    recorded_as_finished,
    unlock,
)

GIVEN_UP, REFUSED = 70, 2


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store for all, since MLflow takes a while to open one."""
    return empty_store(tmp_path_factory.mktemp("damaged"))


@pytest.fixture(scope="module")
def whole(store):
    """A finished sweep whose plan tests replace."""
    return finished(store)


@pytest.fixture
def sweep(store):
    """A finished sweep whose record a test damages."""
    return finished(store)


def finished(store):
    made = opened(plan_of(2), store)
    recorded_as_finished(made)
    unlock(made.folder)
    return made


@pytest.fixture(autouse=True)
def fit_and_serve_nothing(monkeypatch):
    def reached(*_):
        raise StoreError("all was read")

    monkeypatch.setattr(fitting, "finish", reached)
    monkeypatch.setattr(serving, "start", reached)


VERBS = {
    "status": lambda sweep, _: ["status", sweep],
    "show": lambda sweep, _: ["show", sweep],
    "show cell": lambda _, cell: ["show", cell, "--json"],
    "compare": lambda sweep, _: ["compare", sweep, "--json"],
    "resume": lambda sweep, _: ["resume", sweep],
    "extend": lambda sweep, _: ["sweep", "--extend", sweep, "seed=9", "--dry-run"],
    "reproduce": lambda _, cell: ["reproduce", cell],
    "ui": lambda sweep, _: ["ui", sweep, "--no-browser"],
    "validate": lambda sweep, _: ["validate", "--of", sweep],
}
OF_A_CELL = ("show cell", "show", "status", "compare", "resume", "reproduce", "validate")
OF_A_SWEEP = ("status", "show", "compare", "resume", "extend", "ui", "validate")


def answer(words, store, capsys):
    """Return a verb's exit code, after checking that it was not given up and said one sentence."""
    capsys.readouterr()
    code = main([*words, "--store", store.location.uri])
    printed = capsys.readouterr()
    assert code != GIVEN_UP, printed.err
    if code == REFUSED:
        (line,) = printed.err.splitlines()
        assert line.startswith("hierbench: ")
        assert line.isprintable()
        assert printed.out == ""  # no half of an answer
    assert "Traceback" not in printed.out + printed.err
    return code


def cell(content, /, **changed):
    """Return the plan with its first cell changed; None takes a key away."""
    first = {**content["cells"][0], **changed}
    kept = {key: value for key, value in first.items() if value is not None}
    return {**content, "cells": [kept, *content["cells"][1:]]}


def config(content, group, /, **changed):
    """Return the plan with its first cell's configuration changed."""
    asked = content["cells"][0]["config"]
    new = {**asked, **changed} if group is None else {**asked, group: {**asked[group], **changed}}
    return cell(content, config=new)


PLANS = {
    "list": lambda _: [],
    "list of plans": lambda plan: [plan],
    "null": lambda _: None,
    "text": lambda _: "plan",
    "number": lambda _: 1e300,
    "empty": lambda _: {},
    "cells null": lambda plan: {**plan, "cells": None},
    "cells text": lambda plan: {**plan, "cells": "ab"},
    "cells mapping": lambda plan: {**plan, "cells": {"0": plan["cells"][0]}},
    "no cells": lambda plan: {**plan, "cells": []},
    "cells of null": lambda plan: {**plan, "cells": [None]},
    "cells of lists": lambda plan: {**plan, "cells": [[]]},
    "overrides text": lambda plan: {**plan, "overrides": "seed=1"},
    "overrides numbers": lambda plan: {**plan, "overrides": [1]},
    "mode unknown": lambda plan: {**plan, "mode": "slurm"},
    "mode list": lambda plan: {**plan, "mode": ["local"]},
    "code null": lambda plan: {**plan, "code_sha256": None},
    "files list": lambda plan: {**plan, "files": ["a"]},
    "files numbers": lambda plan: {**plan, "files": {"a": 1}},
    "no cell_key": lambda plan: cell(plan, cell_key=None),
    "cell_key list": lambda plan: cell(plan, cell_key=[]),
    "no config": lambda plan: cell(plan, config=None),
    "config text": lambda plan: cell(plan, config="x"),
    "config empty": lambda plan: cell(plan, config={}),
    "group list": lambda plan: config(plan, None, sampler=[]),
    "group null": lambda plan: config(plan, None, data=None),
    "unknown key": lambda plan: config(plan, None, nope=1),
    "unknown key of a group": lambda plan: config(plan, "sampler", nope=1),
    "key of escapes": lambda plan: config(plan, None, **{"\x1b[2J\n": 1}),
    "seed text": lambda plan: config(plan, None, seed="1"),
    "seed flag": lambda plan: config(plan, None, seed=True),
    "seed huge": lambda plan: config(plan, None, seed=10**400),
    "draws huge": lambda plan: config(plan, "sampler", draws=10**30),
    "draws negative": lambda plan: config(plan, "sampler", draws=-1),
    "draws fraction": lambda plan: config(plan, "sampler", draws=1.5),
    "scale huge": lambda plan: config(plan, "prior", scale=10**400),
    "scale mapping": lambda plan: config(plan, "prior", scale={}),
    "sampler unknown": lambda plan: config(plan, "sampler", name="nope"),
    "prior unknown": lambda plan: config(plan, "prior", name="nope"),
    "data unknown": lambda plan: config(plan, "data", name="../../x"),
    "data of escapes": lambda plan: config(plan, "data", name="\x1b[2J\u202e\n"),
    "form list": lambda plan: config(plan, None, parameterization=["centered"]),
    "labels numbers": lambda plan: config(plan, "plots", groups=[1]),
    "labels unknown": lambda plan: config(plan, "plots", groups=["\u202enope"]),
    "rows beyond memory": lambda plan: config(plan, "data", rows=10**15),
    "path with NUL": lambda plan: config(plan, "data", name="csv", path="/a\0b"),
    "path of half a character": lambda plan: config(plan, "data", name="csv", path="/\ud800"),
    "path of another": lambda plan: config(
        plan, "data", name="csv", path="/etc/passwd", group="a", x="b", y="c"
    ),
}
TEXTS = {
    "nothing": "",
    "half": '{"cells": [',
    "bytes": "\x00\x01",
    "deep lists": "[" * 100_000,
    "deep mappings": '{"a":' * 100_000,
    "deep and whole": "[" * 100_000 + "]" * 100_000,
    "digits": "9" * 10_000,
    "infinite": '{"a": 1e999}',
    "twice": '{"cells": [], "cells": []}',
    "NaN": '{"cells": NaN}',
}


def mostly_slow(cases):
    """Return all cases; only every sixth runs in the quick tests."""
    told = [case if isinstance(case, tuple) else (case,) for case in cases]
    marks = [() if place % 6 == 0 else pytest.mark.slow for place in range(len(told))]
    return [pytest.param(*case, marks=mark) for case, mark in zip(told, marks, strict=True)]


READING_PLANS = ("status", "resume", "extend", "validate")


def plan_file(sweep):
    """Return where the store keeps the sweep's plan."""
    return sweep.store.location.artifacts / sweep.sweep_id / "artifacts" / "plan.json"


@pytest.fixture
def place(whole):
    """Give the plan's file; put back afterwards."""
    path = plan_file(whole)
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


SHAPES = set(list(PLANS)[: list(PLANS).index("config text") + 1])
"""Those that keep a plan from being one; the rest are values, which `status` does not read."""


@pytest.mark.parametrize("name", mostly_slow([*PLANS, *TEXTS]))
def test_damaged_plan_gives_one_sentence(whole, place, capsys, name):
    if name in TEXTS:
        place.write_text(TEXTS[name])
    else:
        place.write_text(json.dumps(PLANS[name](json.loads(place.read_text()))))
    for verb in READING_PLANS:
        code = answer(VERBS[verb](whole.sweep_id, ""), whole.store, capsys)
        counts_alone = verb == "status" and name not in SHAPES and name not in TEXTS
        if name == "config empty" and verb == "validate":  # it is a cell of defaults alone
            continue
        assert code == (0 if counts_alone else REFUSED), (verb, name)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x80" * 10])
def test_plan_that_is_no_text_gives_one_sentence(whole, place, capsys, content):
    place.write_bytes(content)
    for verb in READING_PLANS:
        assert answer(VERBS[verb](whole.sweep_id, ""), whole.store, capsys) == REFUSED


def test_plan_that_is_gone_gives_one_sentence(whole, place, capsys):
    place.rename(place.with_name("elsewhere"))
    for verb in READING_PLANS:
        assert answer(VERBS[verb](whole.sweep_id, ""), whole.store, capsys) == REFUSED
    place.with_name("elsewhere").unlink()


TAG = "delete from tags where run_uuid = :run and key = 'hierbench.{}'"
SET_TAG = "update tags set value = '{1}' where run_uuid = :run and key = 'hierbench.{0}'"
METRIC = (
    "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) "
    "values ('{}', {}, 1, 0, {}, :run)"
)
RUN = "update runs set {} where run_uuid = :run"
RECORDS = {
    "no kind": TAG.format("kind"),
    "kind empty": SET_TAG.format("kind", ""),
    "kind of escapes": SET_TAG.format("kind", "\x1b[2J\u202e"),
    "kind of another": SET_TAG.format("kind", "cell"),
    "no command": TAG.format("command"),
    "no schema": TAG.format("schema"),
    "no process": TAG.format("process"),
    "process of nobody": SET_TAG.format("process", "{[1"),
    "no cell_key": TAG.format("cell_key"),
    "no posterior": TAG.format("posterior"),
    "no sweep_id": TAG.format("sweep_id"),
    "no tags": "delete from tags where run_uuid = :run",
    "no params": "delete from params where run_uuid = :run",
    "params of text": "update params set value = 'x' where run_uuid = :run",
    "started never": RUN.format("start_time = null"),
    "started before time": RUN.format(f"start_time = {-(10**17)}"),
    "started after time": RUN.format(f"start_time = {10**18}"),
    "started after all": RUN.format(f"start_time = {2**63 - 1}"),
    "no name": RUN.format("name = null"),
    "files in a bucket": RUN.format("artifact_uri = 's3://bucket/x'"),
    "files nowhere": RUN.format("artifact_uri = ''"),
    "files in no scheme": RUN.format("artifact_uri = 'nope:///x'"),
    "files on a server": RUN.format("artifact_uri = 'mlflow-artifacts:/x'"),
    "scheduled": RUN.format("status = 'SCHEDULED'"),
    "count NaN": METRIC.format("cells", 0, 1),
    "count infinite": METRIC.format("cells", 1.7976931348623157e308, 0),
    "count huge": METRIC.format("cells", 1e300, 0),
    "count fraction": METRIC.format("cells", 0.5, 0),
    "seconds NaN": METRIC.format("sample_seconds", 0, 1),
}


NOT_OF_A_SWEEP = {"no cell_key", "no posterior", "no sweep_id", "no params", "params of text"}
NOT_OF_A_CELL = {"no command", *(name for name in RECORDS if name.startswith("count"))}


def damage(sweep, run_id, statement):
    """Change a run's record behind MLflow's back."""
    with closing(sqlite3.connect(sweep.store.location.file)) as connection:
        connection.execute(statement, {"run": run_id})
        connection.commit()


@pytest.fixture
def clean(sweep):
    """Take the sweep's runs away after the test, so that they damage no other."""
    runs = [sweep.sweep_id, *(cell.run_id for cell in cells_of(sweep.store, sweep.sweep_id))]
    yield sweep
    with closing(sqlite3.connect(sweep.store.location.file)) as connection:
        taken = "update runs set lifecycle_stage = 'deleted' where run_uuid = ?"
        connection.executemany(taken, [(run,) for run in runs])
        connection.commit()


CASES = [
    *((name, "sweep") for name in RECORDS if name not in NOT_OF_A_SWEEP),
    *((name, "cell") for name in RECORDS if name not in NOT_OF_A_CELL),
]


@pytest.mark.parametrize(("name", "of"), mostly_slow(CASES))
def test_damaged_record_gives_one_sentence_or_an_answer(clean, capsys, name, of):
    cells = [found.run_id for found in cells_of(clean.store, clean.sweep_id)]
    damage(clean, clean.sweep_id if of == "sweep" else cells[0], RECORDS[name])
    for verb in OF_A_SWEEP if of == "sweep" else OF_A_CELL:
        answer(VERBS[verb](clean.sweep_id, cells[0]), clean.store, capsys)


def test_json_of_a_damaged_record_has_no_numbers_beyond_json(clean, capsys):
    damage(clean, clean.sweep_id, RECORDS["count NaN"])
    assert main(["show", clean.sweep_id, "--json", "--store", clean.store.location.uri]) == 0

    def refuse(text):
        raise AssertionError(text)

    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert all(math.isfinite(value) for value in found["metrics"].values())
