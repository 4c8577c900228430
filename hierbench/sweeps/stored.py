"""A sweep as the store has it: its parent run and the plan that it keeps; light to import."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hierbench.config.executors import EXECUTORS
from hierbench.errors import StoreError
from hierbench.tracking import Store, TrackedRun, find_run
from hierbench.tracking.contract import PLAN
from hierbench.tracking.recorded import damaged, recorded_plan

__all__ = ["fault_of", "find_sweep", "load_plan"]

PARTS = {"code_sha256": str, "overrides": list, "mode": str, "cells": list}
"""Of a stored plan, with their types."""


def find_sweep(store: Store, sweep_id: str) -> TrackedRun:
    """Return the sweep of that id.

    Raises
    ------
    StoreError
        If there is none.
    """
    sweep = find_run(store, sweep_id)
    if sweep.kind != "sweep":
        raise StoreError(
            f"{sweep_id}: the id of a {sweep.kind}, not of a sweep; its sweep is "
            f"{sweep.tags.get('sweep_id', 'none')}"
        )
    return sweep


def load_plan(store: Store, sweep: TrackedRun) -> dict[str, Any]:
    """Return the plan that the sweep's parent run keeps: of a plan's shape, its values unchecked.

    Raises
    ------
    StoreError
        If it is gone or damaged.
    """
    with tempfile.TemporaryDirectory() as name:
        content = recorded_plan(store, sweep.run_id, Path(name))
    fault = fault_of(content)
    if fault:
        raise damaged(sweep.run_id, PLAN, f"not written by hierbench: {fault}")
    return content


def fault_of(content: object) -> str | None:
    """Return what keeps the content of a plan.json from being a plan, None when nothing does.

    >>> fault_of([]), fault_of({"code_sha256": "0", "overrides": [], "mode": "local"})
    ('it is a list', 'cells is missing')
    """
    if not isinstance(content, Mapping):
        return f"it is a {type(content).__name__}"
    for key, kind in PARTS.items():
        if key not in content:
            return f"{key} is missing"
        if not isinstance(content[key], kind):
            return f"{key} is a {type(content[key]).__name__}"
    if not all(isinstance(text, str) for text in content["overrides"]):
        return "overrides holds more than text"
    if content["mode"] not in EXECUTORS:
        return f"mode is none of {', '.join(EXECUTORS)}"
    if not content["cells"]:
        return "it has no cells"
    files = content.get("files", {})
    if not isinstance(files, Mapping) or not all(isinstance(of, str) for of in files.values()):
        return "files is no mapping of text"
    if not isinstance(content.get("models", {}), Mapping):
        return "models is no mapping"
    faults = map(fault_of_cell, range(len(content["cells"])), content["cells"])
    return next(filter(None, faults), None)


def fault_of_cell(place: int, cell: object) -> str | None:
    """Return what keeps one of a plan's cells from being one, None when nothing does."""
    if not isinstance(cell, Mapping):
        return f"cells[{place}] is a {type(cell).__name__}"
    if not isinstance(cell.get("cell_key"), str):
        return f"cells[{place}] has no cell_key"
    if not isinstance(cell.get("config"), Mapping):
        return f"cells[{place}] has no config"
    return None
