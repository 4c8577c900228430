"""The UI's saved views: what the UI's own reader takes, written once, never over a reader's own."""

import json
from urllib.parse import parse_qs

import pytest

from hierbench.records import RunStatus
from hierbench.tracking import NewRun, cells_of, end_run, prepare_views, view_page
from hierbench.tracking.runs import start_run
from hierbench.tracking.views import COLUMNS, LONGEST_TAG, TAG

SWEEP = "50a4d220e04747dc94e14cb255a6f556"


def tags_of(store):
    return dict(store.client.get_experiment(store.experiment_id).tags)


def state_of(store, key):
    """Read a view as the UI does: an envelope, else the state itself."""
    kept = json.loads(tags_of(store)[f"{TAG}{key}"])
    return json.loads(kept["state"]) if "state" in kept else kept


@pytest.mark.parametrize("sweep_id", [None, SWEEP])
@pytest.mark.parametrize("name", ["table", "charts"])
def test_views_page_leads_to_a_view_that_is_there(store, name, sweep_id):
    prepare_views(store, sweep_id)
    place, _, words = view_page(store, name, sweep_id).partition("?")
    assert place == f"#/experiments/{store.experiment_id}/runs"
    (key,) = parse_qs(words)["viewStateShareKey"]
    assert state_of(store, key)["selectedColumns"] == list(COLUMNS)


def test_views_listed_ones_have_the_envelope_that_the_ui_checks(store):
    prepare_views(store)
    kept = json.loads(tags_of(store)[f"{TAG}hierbench-table"])
    assert {name: type(value) for name, value in kept.items()} == {
        "name": str,
        "createdAt": int,
        "updatedAt": int,
        "state": str,
    }


def test_views_of_a_sweep_are_not_listed(store):
    prepare_views(store, SWEEP)
    assert "name" not in json.loads(tags_of(store)[f"{TAG}hierbench-table-{SWEEP[:8]}"])


def test_views_are_written_once_and_a_changed_one_is_left(store):
    prepare_views(store)
    before = tags_of(store)
    prepare_views(store)
    assert tags_of(store) == before
    store.client.set_experiment_tag(store.experiment_id, f"{TAG}hierbench-table", "theirs")
    prepare_views(store)
    assert tags_of(store)[f"{TAG}hierbench-table"] == "theirs"
    store.client.delete_experiment_tag(store.experiment_id, f"{TAG}hierbench-table")


def test_views_fit_into_a_tag(store):
    prepare_views(store, SWEEP)
    views = {key: value for key, value in tags_of(store).items() if key.startswith(TAG)}
    assert max(map(len, views.values())) < LONGEST_TAG


def test_views_charts_have_ids_of_their_own_and_stand_in_a_section(store):
    prepare_views(store)
    state = state_of(store, "hierbench-charts")
    ids = [chart["uuid"] for chart in state["compareRunCharts"]]
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert len(ids) == len(set(ids))
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} == sections


def test_views_filter_is_one_that_mlflow_answers(store):
    """Cells of the sweep that nothing superseded: the same that compare counts."""
    ids = {}
    for name, tags in {
        "counted": {"sweep_id": SWEEP},
        "superseded": {"sweep_id": SWEEP, "superseded_by": "x"},
        "other": {"sweep_id": "other"},
    }.items():
        tags = {**tags, "cell_key": name, "posterior": "p"}
        new = NewRun("cell", name, "", tags, {"parameterization": "centered"})
        ids[name] = start_run(store, new, f"send-{name}")
        end_run(store, ids[name], RunStatus.FINISHED)
    prepare_views(store, SWEEP)
    state = state_of(store, f"hierbench-table-{SWEEP[:8]}")
    order = f"{state['orderByKey']} {'ASC' if state['orderByAsc'] else 'DESC'}"
    found = store.client.search_runs([store.experiment_id], state["searchFilter"], order_by=[order])
    assert [run.info.run_id for run in found] == [ids["counted"]]
    assert [cell.run_id for cell in cells_of(store, SWEEP)] == [ids["counted"]]


def test_views_a_cell_has_the_colour_it_was_given(store):
    run_id = start_run(store, NewRun("cell", "c", "", {}, {}, colour="#E69F00"), "send-colour")
    assert store.client.get_run(run_id).data.tags["mlflow.runColor"] == "#E69F00"
