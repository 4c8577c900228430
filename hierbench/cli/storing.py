"""The verbs that look after the store: status, sync and repair."""

from collections import Counter
from pathlib import Path
from time import sleep

from rich.live import Live
from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.records import RunStatus
from hierbench.shown import printable, say, say_json
from hierbench.sweeps.progress import duration, eta_seconds
from hierbench.sweeps.repair import open_elsewhere, send_waiting
from hierbench.sweeps.repair import repair as repair_store
from hierbench.sweeps.stored import find_sweep, load_plan
from hierbench.terminal import console
from hierbench.tracking import (
    Store,
    TrackedRun,
    cells_of,
    find_run,
    latest_sweep,
    locate,
    look,
    now_ms,
    open_store,
)
from hierbench.tracking.moved import readdress

__all__ = ["repair", "status", "sync"]

BAD = 1
WATCH_SECONDS = 2.0


def status(arguments: Arguments) -> int:
    """Show how far sweeps are; with --watch until all have ended."""
    store = look(locate(arguments.store, Path.cwd()))
    names = [find_sweep(store, name).run_id for name in arguments.rest]
    ids = names or [latest_sweep(store).run_id]
    planned = {name: len(load_plan(store, find_run(store, name))["cells"]) for name in ids}
    found = progress_of(store, planned)
    if arguments.json:
        say_json(found)
        return 0
    if not arguments.watch:
        console().print(table_of(found))
        return 0
    with Live(table_of(found), console=console()) as live:
        while any(row["status"] == RunStatus.RUNNING for row in found):
            sleep(WATCH_SECONDS)
            if store.copy_uri:
                store = look(store.location)
            found = progress_of(store, planned)
            live.update(table_of(found))
    return 0


def progress_of(store: Store, planned: dict[str, int]) -> list[dict[str, object]]:
    """Return one row per sweep: counts of its cells, and the time that is left."""
    return [
        sweep_row(find_run(store, sweep_id), cells_of(store, sweep_id), cells)
        for sweep_id, cells in planned.items()
    ]


def sweep_row(sweep: TrackedRun, cells: list[TrackedRun], planned: int) -> dict[str, object]:
    """Return how far one sweep is."""
    counts = Counter(cell.status for cell in cells)
    ended = len(cells) - counts[RunStatus.RUNNING]
    seconds = now_ms() / 1000 - sweep.started_seconds
    going = sweep.status is RunStatus.RUNNING and 0 < ended < planned
    return {
        "sweep": sweep.run_id,
        "status": str(sweep.status),
        "cells": planned,
        "finished": counts[RunStatus.FINISHED],
        "failed": counts[RunStatus.FAILED],
        "killed": counts[RunStatus.KILLED],
        "running": counts[RunStatus.RUNNING],
        "eta_seconds": round(eta_seconds(seconds, ended, planned)) if going else None,
    }


def table_of(rows: list[dict[str, object]]) -> Table:
    """Return the rows as a table."""
    table = Table(box=None, pad_edge=False)
    for name in rows[0]:
        table.add_column(name.removesuffix("_seconds"), justify="left")
    for row in rows:
        eta = row["eta_seconds"]
        shown = {**row, "eta_seconds": duration(eta) if isinstance(eta, int) else "-"}
        table.add_row(*(str(value) for value in shown.values()))
    return table


def sync(arguments: Arguments) -> int:
    """Send what was kept locally while the store was away."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    sent, aside = send_waiting(store, store.location.sweeps)
    if arguments.json:
        unsent = {"set_aside": [str(place) for place in aside]} if aside else {}
        say_json({"sent": sent, **unsent}, indent=None)
    else:
        say(f"{sent} runs sent" + (f", {len(aside)} set aside" if aside else ""))
    return BAD if aside else 0


def repair(arguments: Arguments) -> int:
    """Close runs whose process is gone; with --moved rewrite the addresses of their files."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    if arguments.moved:
        return readdressed(store, as_json=arguments.json)
    closed = repair_store(store, all_hosts=arguments.all_hosts)
    left = open_elsewhere(store)
    if arguments.json:
        others = {"left": [run.run_id for run in left]} if left else {}
        say_json({"closed": [run.run_id for run in closed], **others}, indent=None)
        return 0
    for run in closed:
        say(f"KILLED {run.run_id[:8]} {printable(run.name)}")
    say(f"{len(closed)} runs closed")
    if left:
        say(
            f"{len(left)} runs left open: they are of another host or container, whose processes "
            "cannot be seen from here; if they have ended, type `hierbench repair --all-hosts`"
        )
    return 0


def readdressed(store: Store, *, as_json: bool) -> int:
    """Rewrite the addresses of a moved store's files, and say how many there were."""
    count, copy = readdress(store)
    if as_json:
        say_json({"rewritten": count, "copy": None if copy is None else str(copy)}, indent=None)
    elif copy is None:
        say("0 addresses rewritten: all are of this folder already")
    else:
        say(f"{count} addresses rewritten; the database as it was is kept in {copy}")
    return 0
