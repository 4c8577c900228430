"""What a sweep costs beside the sampling itself, against the loop a user would write.

Runs 12 of the cells with the loop, then the 96-cell grid with two workers. Prints the figures
and writes them as JSON.

    python -m tests.benchmarks.sweep_cost --json tests/benchmarks/sweep_cost.json
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter, sleep

WORKERS = 2
GRID = [
    "data=berlin_like",
    "parameterization=centered,noncentered,correlated",
    "prior.scale=0.5,1,2,4",
    "sampler.target_accept=0.8,0.9",
    "seed=1,2,3,4",
]
LOOP_CELLS = 12
PHASES = ("build", "compile", "sample", "diagnose", "store")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--short", action="store_true", help="12 of the cells: ratios alone")
    arguments.add_argument("--no-loop", action="store_true")
    options = arguments.parse_args()
    loop = None if options.no_loop else loop_seconds_per_cell()
    with tempfile.TemporaryDirectory() as folder:
        figures = sweep_figures(Path(folder), grid(short=options.short))
    if loop is not None:
        figures["loop_seconds_per_cell"] = loop
        figures["times_faster_than_the_loop"] = loop / figures["seconds_per_cell"]
    for name, value in figures.items():
        print(f"{name:32} {value:10.3f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def grid(*, short: bool) -> list[str]:
    if not short:
        return GRID
    kept = {2: "prior.scale=1", 4: "seed=1,2"}
    return [kept.get(place, axis) for place, axis in enumerate(GRID)]


def loop_seconds_per_cell() -> float:
    command = [sys.executable, "-m", "tests.benchmarks.loop", "--cells", str(LOOP_CELLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["seconds_per_cell"])


def sweep_figures(folder: Path, overrides: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "hierbench", "sweep", *overrides, "--workers", str(WORKERS)]
    start = perf_counter()
    with (folder / "output").open("w") as output:
        sweep = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        peaks: dict[int, float] = {}
        while sweep.poll() is None:
            for pid in descendants(sweep.pid):
                peaks[pid] = max(peaks.get(pid, 0.0), peak_mib(pid))
            sleep(0.5)
    wall = perf_counter() - start
    if sweep.returncode:
        raise SystemExit((folder / "output").read_text())
    metrics = cell_metrics(folder / "runs" / "mlflow.db")
    nuts = sum(cell["sample_cpu_seconds"] for cell in metrics)
    cores = len(os.sched_getaffinity(0))
    spent = {
        f"core_seconds_{name}": sum(cell.get(f"{name}_seconds", 0.0) for cell in metrics)
        for name in PHASES
    }
    elapsed = sum(cell["elapsed_seconds"] for cell in metrics)
    inside = sum(spent.values()) - spent["core_seconds_store"]
    return {
        "cells": len(metrics),
        "wall_seconds": wall,
        "seconds_per_cell": wall / len(metrics),
        "nuts_cpu_seconds": nuts,
        "harness_tax": wall * cores / nuts,
        **spent,
        "core_seconds_rest_of_cells": elapsed - inside,
        "core_seconds_outside_cells": wall * WORKERS - elapsed - spent["core_seconds_store"],
        "worker_peak_mib": max(peaks.values()),
        "store_mib_per_cell": folder_mib(folder / "runs") / len(metrics),
    }


def descendants(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield int(child)
        yield from descendants(int(child))


def peak_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    kib = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return kib[0] / 1024 if kib else 0.0


def cell_metrics(database: Path) -> list[dict[str, float]]:
    query = (
        "select metrics.run_uuid, metrics.key, metrics.value from metrics join tags "
        "on tags.run_uuid = metrics.run_uuid and tags.key = 'hierbench.kind' "
        "where tags.value = 'cell'"
    )
    cells: dict[str, dict[str, float]] = {}
    with closing(sqlite3.connect(database)) as connection:
        for run_id, name, value in connection.execute(query):
            cells.setdefault(run_id, {})[name] = value
    return list(cells.values())


def folder_mib(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


if __name__ == "__main__":
    main()
