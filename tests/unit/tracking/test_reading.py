"""Finding runs by what their ids begin with, among real ones."""

from uuid import uuid4

import pytest

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import NewRun, cells_of, every_cell, find_run, unfinished
from hierbench.tracking.runs import start_run


@pytest.fixture(scope="module")
def run_ids(store):
    runs = [NewRun(kind="cell", name=name, note="", tags={}, params={}) for name in "abc"]
    return [start_run(store, run, f"send-{run.name}") for run in runs]


@pytest.mark.parametrize("length", [8, 32])
def test_run_is_found_by_the_beginning_of_its_id(length, store, run_ids):
    assert find_run(store, run_ids[1][:length]).name == "b"


@pytest.mark.parametrize(
    "asked", ["00000000", "________", "%%%%%%%%", "' or ''='", "0" * 33, "é" * 8]
)
def test_what_no_id_begins_with_finds_nothing(asked, store, run_ids):
    with pytest.raises(StoreError, match="no run has this id"):
        find_run(store, asked)


def test_unsent_run_of_the_first_contract_is_sent_as_one(store):
    run = NewRun("cell", "old", "", {}, {"model": "independent"}, schema="1")
    found = find_run(store, start_run(store, run, "send-old"))
    assert found.tags["schema"] == "1"
    assert (found.params["model"], found.params["variant"]) == ("homes", "independent")


@pytest.mark.parametrize(
    ("profile", "sizes"),
    [
        ('{"num_rows": 80, "num_groups": 4}', {"rows": "80", "groups": "4"}),
        ('{"num_rows": 80, "num_groups": 4.5, "seed": 7}', {"rows": "80"}),
        ('{"num_rows": -1, "num_groups": true, "num_\u202e": 3}', {}),
        ('{"num_rows": 1' + "0" * 30 + "}", {}),
        ("[1, 2]", {}),
        ("[" * 5000, {}),
        ("no JSON", {}),
    ],
)
def test_sizes_of_a_runs_data_are_whole_numbers_or_left_out(store, profile, sizes):
    name = uuid4().hex
    given = {"name": "ames", "digest": name, "source_type": "local", "source": "{}"}
    run = NewRun("cell", "sized", "", {}, {}, dataset={**given, "profile": profile}, schema="1")
    found = find_run(store, start_run(store, run, name))
    assert found.params == {"model": "homes", **sizes}


def started(store, schema, **tags):
    """Start a cell of a contract; return its id."""
    every = {"cell_key": "k", "posterior": "p", **tags}
    params = {"parameterization": "centered"}
    run = NewRun("cell", f"of {schema}", "", every, params, schema=schema)
    return start_run(store, run, uuid4().hex)


def test_runs_of_every_contract_that_is_read_are_found(store):
    first, second, third = (started(store, schema) for schema in "123")
    for found in (every_cell(store), unfinished(store)):
        ids = {run.run_id for run in found}
        assert {first, second} <= ids
        assert third not in ids


def test_sweep_with_a_cell_of_a_later_contract_is_refused(store):
    """Passed over, the cell would be run again."""
    started(store, "2", sweep_id="mixed")
    later = started(store, "3", sweep_id="mixed")
    with pytest.raises(StoreError, match=f"{later}: tracking contract 3, this hierbench reads 1"):
        cells_of(store, "mixed")


def test_run_that_is_only_scheduled_has_not_ended(store, run_ids):
    store.client.update_run(run_ids[2], status="SCHEDULED")
    assert find_run(store, run_ids[2]).status is RunStatus.RUNNING
