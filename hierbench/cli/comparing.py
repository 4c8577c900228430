"""The verb compare."""

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from hierbench.cli.arguments import Arguments
from hierbench.cli.printing import print_settings
from hierbench.compare import cell_rows, settings_of
from hierbench.errors import HierbenchError, StoreError
from hierbench.records import RunStatus
from hierbench.tracking import cells_of, find_run, latest_sweep, locate, open_store

__all__ = ["compare"]


def compare(arguments: Arguments) -> int:
    """Print the settings of the chosen sweeps, of the latest where none is named."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    sweeps = [find_run(store, name) for name in arguments.rest] or [latest_sweep(store)]
    for sweep in sweeps:
        if sweep.kind != "sweep":
            raise StoreError(
                f"{sweep.run_id}: a {sweep.kind}, not a sweep; see it with `hierbench show "
                f"{sweep.run_id[:8]}`"
            )
    every = [cell for sweep in sweeps for cell in cells_of(store, sweep.run_id)]
    cells = list({cell.tags["cell_key"]: cell for cell in every}.values())
    if not cells:
        raise StoreError(f"{sweeps[0].run_id}: the sweep has no cells yet; wait for the first one")
    settings = settings_of(cells)
    if arguments.csv:
        write_csv(pd.DataFrame(cell_rows(cells)), arguments.csv)
    if arguments.json:
        print(json.dumps([asdict(setting) for setting in settings], indent=1))
        return 0
    print_settings(settings)
    running = sum(cell.status is RunStatus.RUNNING for cell in cells)
    if running or any(sweep.status is RunStatus.RUNNING for sweep in sweeps):
        print(f"In progress: {len(cells) - running} cells ended, {running} running.")
    return 0


def write_csv(rows: pd.DataFrame, path: Path) -> None:
    """Write one row per cell."""
    try:
        rows.to_csv(path, index=False)
    except OSError as err:
        raise HierbenchError(
            f"--csv {path}: cannot be written ({err.strerror or err}); choose a folder that can"
        ) from err
