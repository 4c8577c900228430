"""A sweep's plan out of a store that means harm: nothing called, nothing resolved, nothing told."""

import json

import pytest

from hierbench.cli import fitting, main
from hierbench.errors import StoreError
from hierbench.sweeps import typed
from hierbench.tracking import cells_of
from tests.integration.sweeps.sweeping import opened, plan_of, unlock

SECRET = "planted-secret"
SLOW = pytest.mark.slow


@pytest.fixture
def sweep(store):
    """A sweep that is planned, and no cell of it run."""
    made = opened(plan_of(2), store)
    unlock(made.folder)
    return made


@pytest.fixture(autouse=True)
def fit_nothing(monkeypatch):
    """End a verb where the first fit would begin."""

    def reached(resumed, store):
        raise StoreError("the first fit would begin")

    monkeypatch.setattr(fitting, "finish", reached)
    monkeypatch.setenv("SECRET", SECRET)


def edit_plan(sweep, edit):
    """Change the plan where the store keeps it."""
    path = sweep.store.location.artifacts / sweep.sweep_id / "artifacts" / "plan.json"
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


VERBS = {
    "resume": lambda sweep: ["resume", sweep.sweep_id, "--force"],
    "extend": lambda sweep: ["sweep", "--extend", sweep.sweep_id, "seed=9"],
    "validate": lambda sweep: ["validate", "--of", sweep.sweep_id],
    "status": lambda sweep: ["status", sweep.sweep_id],
}


def answer(sweep, verb, capsys):
    """Return the exit code and all that a verb prints."""
    code = main([*VERBS[verb](sweep), "--store", sweep.store.location.uri])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.parametrize(
    "verb", ["resume", "extend", *(pytest.param(of, marks=SLOW) for of in ("validate", "status"))]
)
@pytest.mark.parametrize(
    "override",
    [
        "+hydra.callbacks.x={_target_:pathlib.Path.write_text,self:PLACE,data:x}",
        "+hydra.callbacks.x={_target_:os.mkdir,path:PLACE}",
        "hydra/launcher={_target_:os.mkdir,path:PLACE}",
        "hydra.sweep.dir=PLACE",
        "~hydra/launcher",
        "experiments=../../x",
        "tracking.uri=${oc.env:SECRET}",
    ],
)
def test_stored_overrides_are_never_composed(sweep, tmp_path, capsys, override, verb):
    place = tmp_path / "executed"
    edit_plan(sweep, lambda plan: plan["overrides"].append(override.replace("PLACE", str(place))))
    code, printed = answer(sweep, verb, capsys)
    reached = {"resume", "extend"} & {verb}
    assert (code, "the first fit would begin" in printed) == (
        0 if verb == "status" else 2,
        bool(reached),
    )
    assert not place.exists()
    assert SECRET not in printed


@pytest.mark.parametrize("verb", ["resume", "extend", "validate"])
@pytest.mark.parametrize(
    ("group", "key"),
    [("tracking", "uri"), ("data", "group"), ("data", "path"), (None, "artifacts")],
)
def test_stored_interpolation_is_refused(sweep, capsys, group, key, verb):
    def plant(plan):
        config = plan["cells"][0]["config"]
        (config if group is None else config[group])[key] = "a${oc.env:SECRET}"

    edit_plan(sweep, plant)
    code, printed = answer(sweep, verb, capsys)
    assert code == 2
    assert "allowed are plain values without interpolations" in printed
    assert len(printed.splitlines()) == 1
    assert SECRET not in printed
    assert cells_of(sweep.store, sweep.sweep_id) == []


@pytest.mark.parametrize("verb", ["resume", "extend", "validate"])
@pytest.mark.parametrize("group", [None, "data", "tracking"])
def test_stored_target_is_no_key(sweep, tmp_path, capsys, group, verb):
    place = tmp_path / "executed"

    def plant(plan):
        config = plan["cells"][0]["config"]
        of = config if group is None else config[group]
        of.update({"_target_": "os.mkdir", "_args_": [str(place)]})

    edit_plan(sweep, plant)
    code, printed = answer(sweep, verb, capsys)
    assert (code, "no such key" in printed) == (2, True)
    assert not place.exists()


def test_extension_of_a_plan_composes_the_typed_values_alone(sweep, monkeypatch, capsys):
    given = []
    compose = typed.multirun
    monkeypatch.setattr(
        typed, "multirun", lambda overrides: given.append(list(overrides)) or compose(overrides)
    )
    edit_plan(sweep, lambda plan: plan.update(overrides=["data=ames", "seed=1,2"]))
    answer(sweep, "extend", capsys)
    assert given == [["seed=9"]]


ROWS = "group,size,price\n" + "\n".join(
    f"{'abc'[row % 3]},{50 + 7 * row},{100 + 13 * row + row % 3}" for row in range(30)
)


@pytest.fixture
def tables(tmp_path):
    """The table of a sweep, and another of the same columns."""
    for name, text in (("homes.csv", ROWS), ("salaries.csv", ROWS.replace("100", "101"))):
        (tmp_path / name).write_text(text)
    return tmp_path / "homes.csv", tmp_path / "salaries.csv"


@pytest.fixture
def csv_sweep(store, tables):
    """A sweep on a table of the user's."""
    data = {"name": "csv", "path": str(tables[0]), "group": "group", "x": "size", "y": "price"}
    made = opened(plan_of(2, data=data), store)
    unlock(made.folder)
    return made


def name_table(plan, path):
    """Let every cell of a plan ask for another table."""
    for cell in plan["cells"]:
        cell["config"]["data"]["path"] = str(path)


@pytest.mark.parametrize("verb", ["resume", "extend", "validate"])
def test_another_table_of_the_users_is_not_parsed(csv_sweep, tables, monkeypatch, capsys, verb):
    parsed = []
    monkeypatch.setattr(
        "hierbench.models.homes.datasets.csv_file.read_table",
        lambda path, *_: parsed.append(path),
    )
    edit_plan(csv_sweep, lambda plan: name_table(plan, tables[1]))
    code, printed = answer(csv_sweep, verb, capsys)
    assert (code, parsed) == (2, [])
    assert str(tables[1]) in printed
    assert "--accept-data" in printed


@pytest.mark.parametrize("verb", ["resume", "extend"])
def test_the_recorded_table_needs_no_option(csv_sweep, capsys, verb):
    _, printed = answer(csv_sweep, verb, capsys)
    assert "the first fit would begin" in printed


def test_a_table_that_is_accepted_is_read(csv_sweep, tables, capsys):
    edit_plan(csv_sweep, lambda plan: name_table(plan, tables[1]))
    words = ["resume", csv_sweep.sweep_id, "--force", "--accept-data"]
    main([*words, "--store", csv_sweep.store.location.uri])
    assert "the first fit would begin" in capsys.readouterr().err


def test_a_table_that_is_typed_is_read(csv_sweep, tables, capsys):
    words = ["sweep", "--extend", csv_sweep.sweep_id, f"data.path={tables[1]}"]
    main([*words, "--store", csv_sweep.store.location.uri])
    assert "the first fit would begin" in capsys.readouterr().err
