"""Runs in MLflow: where the store is, opening, writing, reading; the one importer of mlflow."""

from hierbench.tracking.aside import set_aside, set_bad_aside
from hierbench.tracking.fetching import fetched, list_files
from hierbench.tracking.location import Location, locate
from hierbench.tracking.looking import look
from hierbench.tracking.reading import (
    TrackedRun,
    cells_of,
    every_cell,
    file_hash,
    find_run,
    latest_sweep,
    past_cells,
    unfinished,
)
from hierbench.tracking.record import BadRecord, LocalRun, artifacts_of, read, write
from hierbench.tracking.runs import (
    NewRun,
    dataset_input,
    end_run,
    find_sent,
    log_files,
    log_results,
    now_ms,
    reopen_run,
    set_note,
    set_tag,
)
from hierbench.tracking.spool import (
    as_ended,
    at_hand,
    ended,
    not_kept,
    open_run,
    pending,
    running,
    send,
    tell,
    tidy,
)
from hierbench.tracking.store import Refused, Store, connect, open_store
from hierbench.tracking.views import prepare_views, view_page

__all__ = [
    "BadRecord",
    "LocalRun",
    "Location",
    "NewRun",
    "Refused",
    "Store",
    "TrackedRun",
    "artifacts_of",
    "as_ended",
    "at_hand",
    "cells_of",
    "connect",
    "dataset_input",
    "end_run",
    "ended",
    "every_cell",
    "fetched",
    "file_hash",
    "find_run",
    "find_sent",
    "latest_sweep",
    "list_files",
    "locate",
    "log_files",
    "log_results",
    "look",
    "not_kept",
    "now_ms",
    "open_run",
    "open_store",
    "past_cells",
    "pending",
    "prepare_views",
    "read",
    "reopen_run",
    "running",
    "send",
    "set_aside",
    "set_bad_aside",
    "set_note",
    "set_tag",
    "tell",
    "tidy",
    "unfinished",
    "view_page",
    "write",
]
