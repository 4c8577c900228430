"""Writing runs: a parent per sweep, a child per cell; no text with a password in a URI."""

import getpass
import json
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlflow.entities import Dataset as TrackedDataset
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag

from hierbench.dataset import Dataset
from hierbench.records import RunStatus
from hierbench.shown import redacted
from hierbench.tracking.contract import SCHEMA_VERSION, SIZE_PREFIX, tag
from hierbench.tracking.moved import files_here
from hierbench.tracking.store import DELETED, Refused, Store, restoring, store_errors

__all__ = [
    "NewRun",
    "check_active",
    "dataset_input",
    "end_run",
    "find_sent",
    "log_files",
    "log_results",
    "now_ms",
    "reopen_run",
    "set_note",
    "set_tag",
    "start_run",
]

DIGEST_LENGTH = 36
NOTE = "mlflow.note.content"


def now_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


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
    colour : str
        In the UI's charts, as #rrggbb; empty: the UI's own choice.
    parent_id : str or None
        Run id of the sweep.
    dataset : mapping of str to str
        Name, digest, source and profile of the run's input; empty: none.
    started_ms : int
        When the run started, in milliseconds since 1970.
    schema : str
        The tracking contract that its tags, params and metrics are of.
    """

    kind: str
    name: str
    note: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    colour: str = ""
    parent_id: str | None = None
    dataset: Mapping[str, str] = field(default_factory=dict)
    started_ms: int = field(default_factory=now_ms)
    schema: str = SCHEMA_VERSION


def dataset_input(dataset: Dataset) -> dict[str, str]:
    """Return what MLflow shows of a run's input."""
    sizes = {f"{SIZE_PREFIX}{name}": size for name, size in dataset.sizes.items()}
    return {
        "name": dataset.name,
        "digest": dataset.arrays_sha256[:DIGEST_LENGTH],
        "source_type": "local",
        "source": json.dumps({"sha256": dataset.file_sha256 or "simulated"}),
        "profile": json.dumps(sizes),
    }


def start_run(store: Store, run: NewRun, send_id: str) -> str:
    """Create `run`, status RUNNING, or find it by `send_id`; return its id.

    Raises
    ------
    StoreError
        If the store does not answer.
    """
    run_id = find_sent(store, send_id) or create_run(store, run, send_id)
    with store_errors(store.location.uri):
        params = [Param(name, redacted(value)) for name, value in run.params.items()]
        store.client.log_batch(run_id, params=params)
        if run.dataset:
            context = [InputTag("mlflow.data.context", "training")]
            tracked = TrackedDataset(**run.dataset)
            store.client.log_inputs(run_id, [DatasetInput(tracked, context)])
    return run_id


def create_run(store: Store, run: NewRun, send_id: str) -> str:
    """Create a run with its tags alone."""
    tags = {
        tag("schema"): run.schema,
        tag("kind"): run.kind,
        tag("send_id"): send_id,
        **{tag(name): value for name, value in run.tags.items()},
        "mlflow.user": user_name(),
        "mlflow.source.name": "hierbench",
        "mlflow.source.type": "LOCAL",
        NOTE: run.note,
    }
    if run.parent_id:
        tags["mlflow.parentRunId"] = run.parent_id
    if run.colour:
        tags["mlflow.runColor"] = run.colour
    with store_errors(store.location.uri):
        created = store.client.create_run(
            store.experiment_id,
            start_time=run.started_ms,
            tags={name: redacted(value) for name, value in tags.items()},
            run_name=redacted(run.name),
        )
    return str(created.info.run_id)


def user_name() -> str:
    """Return who runs this, by number where the system has no name for it, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def find_sent(store: Store, send_id: str) -> str | None:
    """Return the id of the run that was created with `send_id`, None when there is none."""
    with store_errors(store.location.uri):
        found = store.client.search_runs(
            [store.experiment_id], f"tags.`{tag('send_id')}` = '{send_id}'", max_results=1
        )
    return str(found[0].info.run_id) if found else None


def check_active(store: Store, run_id: str) -> None:
    """Raise Refused when the store has deleted the run, by hand in its UI or for good."""
    with store_errors(store.location.uri):
        stage = store.client.get_run(run_id).info.lifecycle_stage
    if stage == DELETED:
        command = restoring(store.location, "runs", f"--run-id {run_id}")
        raise Refused(f"run {run_id} was deleted in the store; `{command}` restores it")


def log_files(store: Store, run_id: str, folder: Path) -> None:
    """Log every file below `folder` as an artifact, each whole or not at all."""
    here = files_here(store, run_id)
    with store_errors(store.location.uri):
        try:
            if here:
                here.log_artifacts(str(folder))
            else:
                store.client.log_artifacts(run_id, str(folder))
        except OSError:
            drop_halves(store, run_id, folder)
            raise


def drop_halves(store: Store, run_id: str, folder: Path) -> None:
    """Remove from a local store what was copied of `folder` in part, before its disk was full."""
    if store.location.artifacts is None:
        return
    kept = store.location.artifacts / run_id / "artifacts"
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        copy = kept / file.relative_to(folder)
        if copy.is_file() and copy.stat().st_size != file.stat().st_size:
            copy.unlink(missing_ok=True)


def log_results(
    store: Store,
    run_id: str,
    *,
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
    at_ms: int | None = None,
) -> None:
    """Log `metrics`, as of `at_ms` or of now, and `tags`, these without prefix.

    A metric that is NaN or infinite is not logged: MLflow would store and sort it as a number.
    The same metric at the same time is kept once, however often it is logged.
    """
    at = now_ms() if at_ms is None else at_ms
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    with store_errors(store.location.uri):
        store.client.log_batch(
            run_id,
            metrics=[Metric(name, value, at, 0) for name, value in finite.items()],
            tags=[RunTag(tag(name), redacted(value)) for name, value in tags.items()],
        )


def end_run(store: Store, run_id: str, status: RunStatus, ended_ms: int | None = None) -> None:
    """Give the run its final `status`, as of `ended_ms` or of now."""
    with store_errors(store.location.uri):
        store.client.set_terminated(run_id, status=status.value, end_time=ended_ms)


def reopen_run(store: Store, run_id: str) -> None:
    """Give a run that had ended the status RUNNING again, and no failure."""
    with store_errors(store.location.uri):
        store.client.update_run(run_id, status=RunStatus.RUNNING.value)
        if tag("failure") in store.client.get_run(run_id).data.tags:
            store.client.delete_tag(run_id, tag("failure"))


def set_tag(store: Store, run_id: str, name: str, value: str) -> None:
    """Set one of our tags; `name` is without prefix."""
    with store_errors(store.location.uri):
        store.client.set_tag(run_id, tag(name), redacted(value))


def set_note(store: Store, run_id: str, text: str) -> None:
    """Set the description that the UI shows on a run's page, in Markdown."""
    with store_errors(store.location.uri):
        store.client.set_tag(run_id, NOTE, redacted(text))
