"""Runs in MLflow: where the store is, opening, writing, reading; the one importer of mlflow."""

from hierbench.tracking.location import Location, locate, redacted
from hierbench.tracking.reading import (
    TrackedRun,
    cells_of,
    download,
    find_run,
    latest_sweep,
    list_files,
    past_cells,
    unfinished,
)
from hierbench.tracking.runs import (
    NewRun,
    dataset_input,
    end_run,
    log_files,
    now_ms,
    reopen_run,
    set_tag,
)
from hierbench.tracking.spool import (
    LocalRun,
    artifacts_of,
    ended,
    open_run,
    pending,
    read,
    running,
    send,
    tidy,
    write,
)
from hierbench.tracking.store import Store, connect, open_store

__all__ = [
    "LocalRun",
    "Location",
    "NewRun",
    "Store",
    "TrackedRun",
    "artifacts_of",
    "cells_of",
    "connect",
    "dataset_input",
    "download",
    "end_run",
    "ended",
    "find_run",
    "latest_sweep",
    "list_files",
    "locate",
    "log_files",
    "now_ms",
    "open_run",
    "open_store",
    "past_cells",
    "pending",
    "read",
    "redacted",
    "reopen_run",
    "running",
    "send",
    "set_tag",
    "tidy",
    "unfinished",
    "write",
]
