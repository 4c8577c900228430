"""The MLflow UI prepared for readers: a table and a page of charts, as its own saved views.

The UI keeps a saved view as a tag of the experiment and opens it by the key in the page's
address. The format is the UI's own (MLflow 3.17): an envelope of name, createdAt, updatedAt and
state; a state without envelope opens too and is not listed in the UI's menu. A later MLflow that
reads it otherwise shows its own default, and nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hierbench.metrics import METRICS
from hierbench.tracking.contract import tag
from hierbench.tracking.runs import now_ms
from hierbench.tracking.store import Store, store_errors

__all__ = ["prepare_views", "view_page"]

TAG = "mlflow.sharedViewState."
LONGEST_TAG = 20_000  # characters of an experiment's tag, by MLflow
SHORT_ID = 8

NAME, CREATED, DURATION = "attributes.`Run Name`", "runDateAndNestInfo", "duration"
COLUMNS = {
    NAME: 165,
    "params.`model`": 80,
    "params.`variant`": 100,
    "params.`parameterization`": 130,
    "params.`prior.scale`": 80,
    "params.`sampler.target_accept`": 90,
    "params.`seed`": 46,
    f"tags.`{tag('gate')}`": 108,
    **{f"metrics.`{name}`": one.shown.width for name, one in METRICS.items() if one.shown.width},
    CREATED: 110,
    DURATION: 80,
}
"""Columns of the table in their order, with widths in pixels; the UI always shows the name, when a
run was created and how long it took."""

AXES = ("parameterization", "prior.scale", "sampler.target_accept")
SECTION = "hierbench"
CHART_HEIGHT = 400


@dataclass(frozen=True)
class View:
    """One saved view.

    Attributes
    ----------
    name : str
        In the UI's menu.
    mode : mapping of str to str
        What the page's address says beside the view.
    state : mapping of str to object
        What the UI shows differently from its default.
    """

    name: str
    mode: Mapping[str, str]
    state: Mapping[str, Any]


def chart(kind: str, name: str, **settings: object) -> dict[str, Any]:
    """Return one chart as the UI keeps it."""
    return {
        "type": kind,
        "uuid": f"hierbench-{name}",
        "metricSectionId": SECTION,
        "deleted": False,
        "isGenerated": False,
        "runsCountToCompare": 100,
        **settings,
    }


def param(key: str) -> dict[str, str]:
    """Return an axis of a chart that is a parameter."""
    return {"key": key, "type": "PARAM"}


def metric(key: str) -> dict[str, str]:
    """Return an axis of a chart that is a metric."""
    return {"key": key, "type": "METRIC"}


CHARTS = [
    chart(
        "PARALLEL",
        "axes",
        selectedParams=list(AXES),
        selectedMetrics=["ess_bulk_min", "ess_per_second"],
        showAllRuns=True,
    ),
    chart("SCATTER", "scale", xaxis=param("prior.scale"), yaxis=metric("ess_per_second")),
    chart("SCATTER", "form", xaxis=param("parameterization"), yaxis=metric("ess_per_second")),
    chart("SCATTER", "divergences", xaxis=metric("divergences"), yaxis=metric("ess_bulk_min")),
    chart("BAR", "seconds", metricKey="ess_per_second", displayName="ess_per_second"),
    chart("BAR", "gradients", metricKey="ess_per_gradient", displayName="ess_per_gradient"),
]

VIEWS = {
    "table": View("Cells: table", {}, {}),
    "charts": View(
        "Cells: charts",
        {"compareRunsMode": "CHART"},
        {
            "compareRunCharts": CHARTS,
            "compareRunSections": [
                {
                    "uuid": SECTION,
                    "name": "hierbench",
                    "display": True,
                    "isReordered": True,
                    "deleted": False,
                    "isGenerated": False,
                    "columns": 2,
                    "cardHeight": CHART_HEIGHT,
                }
            ],
            "isAccordionReordered": True,
            "runListHidden": True,
        },
    ),
}


def prepare_views(store: Store, sweep_id: str | None = None) -> None:
    """Write the views of the experiment, or those of one sweep, where they are not yet.

    A view that somebody has changed in the UI stays as it is.

    Raises
    ------
    StoreError
        If the store cannot be written.
    """
    with store_errors(store.location.uri):
        there = store.client.get_experiment(store.experiment_id).tags
        for name, view in VIEWS.items():
            key = f"{TAG}{key_of(name, sweep_id)}"
            if key not in there:
                store.client.set_experiment_tag(store.experiment_id, key, kept(view, sweep_id))


def view_page(store: Store, name: str, sweep_id: str | None = None) -> str:
    """Return the address of a view ("table" or "charts"), from its # on."""
    # Without the last word the UI opens with the menu of its pages for language models.
    words = {
        "viewStateShareKey": key_of(name, sweep_id),
        **VIEWS[name].mode,
        "workflowType": "machine_learning",
    }
    return f"#/experiments/{store.experiment_id}/runs?{urlencode(words)}"


def key_of(name: str, sweep_id: str | None) -> str:
    """Return the key of a view.

    >>> key_of("table", "50a4d220e04747dc94e14cb255a6f556")
    'hierbench-table-50a4d220'
    """
    return f"hierbench-{name}" + (f"-{sweep_id[:SHORT_ID]}" if sweep_id else "")


def kept(view: View, sweep_id: str | None) -> str:
    """Return a view as the UI keeps it; one sweep's is not listed in the UI's menu."""
    state = json.dumps(state_of(view, sweep_id), separators=(",", ":"))
    if sweep_id:
        return state
    now = now_ms()
    return json.dumps({"name": view.name, "createdAt": now, "updatedAt": now, "state": state})


def state_of(view: View, sweep_id: str | None) -> dict[str, Any]:
    """Return what the UI shows: cells that count, in the order of their names.

    Sorted by anything but the date, the UI shows cells beside each other rather than folded away
    below their sweeps. By name, the rows follow the grid and none stands first for its figures.
    """
    counted = f"tags.`{tag('kind')}` = 'cell' AND tags.`{tag('superseded_by')}` IS NULL"
    of_sweep = f" AND tags.`{tag('sweep_id')}` = '{sweep_id}'" if sweep_id else ""
    return {
        "searchFilter": counted + of_sweep,
        "orderByKey": "tags.`mlflow.runName`",
        "orderByAsc": True,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "modelVersionFilter": "All Runs",
        "datasetsFilter": [],
        "selectedColumns": list(COLUMNS),
        "columnOrder": list(COLUMNS),
        "columnWidths": dict(COLUMNS),
        "runsHiddenMode": "SHOW_ALL",
        **view.state,
    }
