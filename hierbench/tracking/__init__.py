"""Runs in MLflow: where the store is, opening it, writing and reading; the one importer of mlflow."""

from hierbench.tracking.location import Location, locate, redacted
from hierbench.tracking.reading import (
    TrackedRun,
    cells_of,
    download,
    find_run,
    latest_sweep,
    list_files,
)
from hierbench.tracking.runs import NewRun, end_run, log_files, log_results, start_run
from hierbench.tracking.store import Store, open_store

__all__ = [
    "Location",
    "NewRun",
    "Store",
    "TrackedRun",
    "cells_of",
    "download",
    "end_run",
    "find_run",
    "latest_sweep",
    "list_files",
    "locate",
    "log_files",
    "log_results",
    "open_store",
    "redacted",
    "start_run",
]
