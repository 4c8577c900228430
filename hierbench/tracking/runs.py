"""Writing runs: a parent per sweep, a child per cell."""

import getpass
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlflow.entities import Dataset as TrackedDataset
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag

from hierbench.records import Dataset, RunStatus
from hierbench.tracking.contract import SCHEMA_VERSION, tag
from hierbench.tracking.store import Store, store_errors

__all__ = ["NewRun", "end_run", "log_files", "log_results", "start_run"]

DIGEST_LENGTH = 36


@dataclass(frozen=True)
class NewRun:
    """What is known of a run before it starts.

    Attributes
    ----------
    kind : str
        cell or sweep.
    name : str
        As the UI shows it.
    note : str
        Markdown, shown on the run's page.
    tags : mapping of str to str
        Ours, without the prefix.
    params : mapping of str to str
        Flat configuration.
    parent_id : str or None
        Run id of the sweep.
    dataset : Dataset or None
        Shown as the run's input.
    """

    kind: str
    name: str
    note: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    parent_id: str | None = None
    dataset: Dataset | None = None


def start_run(store: Store, run: NewRun) -> str:
    """Create `run`, status RUNNING, and return its id."""
    tags = {
        tag("schema"): SCHEMA_VERSION,
        tag("kind"): run.kind,
        **{tag(name): value for name, value in run.tags.items()},
        "mlflow.user": getpass.getuser(),
        "mlflow.source.name": "hierbench",
        "mlflow.source.type": "LOCAL",
        "mlflow.note.content": run.note,
    }
    if run.parent_id:
        tags["mlflow.parentRunId"] = run.parent_id
    with store_errors(store.location.uri):
        created = store.client.create_run(store.experiment_id, tags=tags, run_name=run.name)
        run_id = str(created.info.run_id)
        params = [Param(name, value) for name, value in run.params.items()]
        store.client.log_batch(run_id, params=params)
        if run.dataset is not None:
            store.client.log_inputs(run_id, [_input(run.dataset)])
    return run_id


def log_files(store: Store, run_id: str, folder: Path) -> None:
    """Log every file below `folder` as an artifact."""
    with store_errors(store.location.uri):
        store.client.log_artifacts(run_id, str(folder))


def log_results(
    store: Store, run_id: str, *, metrics: Mapping[str, float], tags: Mapping[str, str]
) -> None:
    """Log `metrics` and `tags`, these without prefix.

    A metric that is NaN or infinite is not logged: MLflow would store and sort it as a number.
    """
    now = int(time.time() * 1000)
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    with store_errors(store.location.uri):
        store.client.log_batch(
            run_id,
            metrics=[Metric(name, value, now, 0) for name, value in finite.items()],
            tags=[RunTag(tag(name), value) for name, value in tags.items()],
        )


def end_run(store: Store, run_id: str, status: RunStatus) -> None:
    """Give the run its final `status`."""
    with store_errors(store.location.uri):
        store.client.set_terminated(run_id, status=status.value)


def _input(dataset: Dataset) -> DatasetInput:
    source = dataset.file_sha256 or "simulated"
    tracked = TrackedDataset(
        name=dataset.name,
        digest=dataset.arrays_sha256[:DIGEST_LENGTH],
        source_type="local",
        source=f'{{"sha256": "{source}"}}',
        profile=f'{{"num_rows": {len(dataset.y)}, "num_groups": {len(dataset.labels)}}}',
    )
    return DatasetInput(tracked, [InputTag("mlflow.data.context", "training")])
