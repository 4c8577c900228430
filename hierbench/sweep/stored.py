"""A sweep as the store has it: its parent run and the plan that it keeps; light to import."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hierbench.errors import StoreError
from hierbench.tracking import Store, TrackedRun, download, find_run
from hierbench.tracking.contract import PLAN

__all__ = ["find_sweep", "load_plan"]

MAX_PLAN_MIB = 64


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
    """Return the plan that the sweep's parent run keeps.

    Raises
    ------
    StoreError
        If it is gone or damaged.
    """
    with tempfile.TemporaryDirectory() as name:
        path = download(store, sweep.run_id, PLAN, Path(name))
        try:
            if path.stat().st_size > MAX_PLAN_MIB * 2**20:
                raise ValueError(f"over {MAX_PLAN_MIB} MiB")
            content: dict[str, Any] = json.loads(path.read_text())
        except ValueError as err:
            raise StoreError(
                f"{sweep.run_id}: its {PLAN} is damaged ({err}); start a new sweep"
            ) from err
    return content
