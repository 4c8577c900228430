"""The verb show."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.cli.tables_of import console
from hierbench.tracking import TrackedRun, cells_of, find_run, list_files, locate, open_store

__all__ = ["show"]

NO_OVERRIDE = {"model", "workers", "cores_per_cell", "tracking.uri"}


def show(arguments: Arguments) -> int:
    """Print everything about one run."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    run = find_run(store, arguments.rest[0])
    files = list_files(store, run.run_id)
    if arguments.json:
        print(json.dumps({**asdict(run), "files": files, "command": command(run)}, indent=1))
        return 0
    started = datetime.fromtimestamp(run.started_seconds).isoformat(" ", "seconds")
    out = console()
    out.print(f"{run.kind} {run.run_id}\n{run.name}\n{run.status}, started {started}\n")
    print_block("tags", {name: text for name, text in run.tags.items() if "." not in name})
    print_block("params", run.params)
    print_block("metrics", {name: f"{value:.6g}" for name, value in run.metrics.items()})
    print_block("files", dict.fromkeys(files, ""))
    if run.kind == "sweep":
        cells = cells_of(store, run.run_id)
        print_block("cells", {cell.run_id[:8]: f"{cell.status}  {cell.name}" for cell in cells})
    out.print(f"again: {command(run)}", soft_wrap=True)
    return 0


def command(run: TrackedRun) -> str:
    """Return the command line that makes `run` anew."""
    if run.kind == "sweep":
        return run.tags["command"]
    values = {name: text for name, text in run.params.items() if name not in NO_OVERRIDE}
    overrides = [f"{name}={override(name, text)}" for name, text in values.items()]
    return shlex.join(["hierbench", "run", *overrides])


def override(name: str, text: str) -> str:
    """Return a parameter's value as Hydra reads it back."""
    return f"[{text}]" if name == "plots.groups" else text


def print_block(title: str, rows: Mapping[str, str]) -> None:
    """Print `rows` as two columns under a title, nothing when there are none."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for name, text in sorted(rows.items()):
        table.add_row(name, text)
    console().print(table, "")
