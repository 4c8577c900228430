"""Fill a store with a sweep of 10,000 cells, and time what reads it.

python -m tests.benchmarks.ten_thousand --json tests/benchmarks/ten_thousand.json

The figures are simulated; the runs are MLflow's own rows, written in bulk into the database that
hierbench made, with every tag, parameter and metric that a real cell has. A sample of them is
written through the tracking layer, and both kinds must read back alike.
"""

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import numpy as np
import pandas as pd

from hierbench.comparison import cell_rows
from hierbench.config.flat import flat
from hierbench.config.schema import Config
from hierbench.metrics import METRICS
from hierbench.records import CellResult, RunStatus, fingerprint_of
from hierbench.tracking import (
    LocalRun,
    NewRun,
    Store,
    artifacts_of,
    cells_of,
    ended,
    locate,
    open_run,
    open_store,
    send,
    write,
)
from hierbench.tracking.contract import COMPARISON

FORMS = ("centered", "noncentered", "partially_centered", "marginal", "correlated")
DATA = ("ames", "radon", "sacramento", "berlin_like")
SCALES = ("0.25", "0.5", "1", "2", "4")
ACCEPTS = ("0.8", "0.9", "0.95", "0.98", "0.99")
SEEDS = 20
UNITS = {"machine_speed": 1e3, "ess_per_gradient": 0.01, "seconds_per_gradient": 5e-5}
"""Sizes of the metrics that a table shows in another unit."""

COPIES = 3
"""Cells written through the tracking layer, that the bulk rows must equal."""


def results(sweep_id: str) -> Iterator[CellResult]:
    """Yield every cell: settings differ, seeds scatter by 0.06 to 0.3, some fail the gate."""
    rng = np.random.default_rng(1)
    plain = {name: str(value) for name, value in flat(Config()).items()}
    for number, (data, form, scale, accept) in enumerate(product(DATA, FORMS, SCALES, ACCEPTS)):
        level, sd = np.exp(rng.normal(5, 0.5)), rng.uniform(0.06, 0.3)
        variant = "correlated" if form == "correlated" else "independent"
        posterior = f"{data} · {variant} · notebook · scale {scale}"
        for seed in range(1, SEEDS + 1):
            axes = {
                "data": data,
                "parameterization": form,
                "prior.scale": scale,
                "sampler.target_accept": accept,
                "seed": str(seed),
            }
            params = {**plain, **axes, "model": "homes", "variant": variant, "cores_per_cell": "1"}
            passed = number % 25 > 0 or seed > 3
            figure = level * np.exp(rng.normal(0, sd))
            metrics = {name: UNITS.get(name, 1.0) * float(rng.uniform(1, 1.04)) for name in METRICS}
            metrics |= {"ess_per_second": figure, "r_hat_max": 1.003 if passed else 1.2}
            yield CellResult(
                name=f"{form} · scale {scale} · accept {accept} · seed {seed}",
                run_id=uuid4().hex,
                status=RunStatus.FINISHED,
                metrics=metrics,
                tags={
                    "cell_key": fingerprint_of(axes),
                    "posterior": f"{posterior} · {fingerprint_of(posterior)[:8]}",
                    "sweep_id": sweep_id,
                    "fingerprint": fingerprint_of("machine"),
                    "draws_digest": fingerprint_of([axes, "draws"]),
                    "process": "host 1 2 3",
                    "worst": "sigma_alpha",
                    "gate": "passed" if passed else "failed",
                    "gate_failures": "" if passed else "r_hat_max 1.2 > 1.01",
                    "timing_valid": "true",
                    "timing_reasons": "",
                },
                params=params,
            )


def fill(store: Store) -> tuple[str, list[CellResult]]:
    """Write the sweep and its cells; return its id and the cells."""
    folder = store.location.sweeps / "filling"
    parent = NewRun("sweep", "sweep of 10,000", "", {"command": "hierbench sweep"}, {})
    run = open_run(store, folder, write(folder, LocalRun(parent)))
    sweep_id = str(run.run_id)
    cells = list(results(sweep_id))
    for place, cell in enumerate(cells[:COPIES]):
        cells[place] = through_the_layer(store, cell, folder / f"cell{place}")
    in_bulk(store, cells[COPIES:])
    pd.DataFrame(cell_rows(cells)).to_parquet(artifacts_of(folder) / COMPARISON)
    counts = {"cells": float(len(cells)), "cells_finished": float(len(cells)), "cells_failed": 0.0}
    send(store, folder, ended(folder, run, RunStatus.FINISHED, metrics=counts))
    return sweep_id, cells


def through_the_layer(store: Store, cell: CellResult, folder: Path) -> CellResult:
    """Write one cell as a sweep does."""
    new = NewRun("cell", cell.name, "", cell.tags, cell.params, parent_id=cell.tags["sweep_id"])
    run = open_run(store, folder, write(folder, LocalRun(new)))
    run = send(store, folder, ended(folder, run, cell.status, metrics=cell.metrics))
    return replace(cell, run_id=str(run.run_id), metrics=run.metrics)


def in_bulk(store: Store, cells: list[CellResult]) -> None:
    """Copy the last row of each of MLflow's tables, and fill in the cells' own values."""
    assert store.location.file is not None
    with closing(sqlite3.connect(store.location.file)) as db:
        pattern = db.execute("SELECT * FROM runs WHERE name NOT LIKE 'sweep%' LIMIT 1")
        columns = [column[0] for column in pattern.description]
        row = dict(zip(columns, pattern.fetchone(), strict=True))
        kept = [
            (key, value)
            for key, value in db.execute(
                "SELECT key, value FROM tags WHERE run_uuid = ?", (row["run_uuid"],)
            )
        ]
        marks = ",".join("?" * len(columns))
        db.executemany(
            f"INSERT INTO runs ({','.join(columns)}) VALUES ({marks})",
            [tuple({**row, **own_row(row, cell, i)}.values()) for i, cell in enumerate(cells)],
        )
        tags = [
            (key, value, cell.run_id)
            for cell in cells
            for key, value in {**dict(kept), **own_tags(cell)}.items()
        ]
        db.executemany("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", tags)
        params = [(k, v, cell.run_id) for cell in cells for k, v in cell.params.items()]
        db.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", params)
        now = row["end_time"]
        figures = [
            (name, value, now, 0, False, cell.run_id)
            for cell in cells
            for name, value in cell.metrics.items()
        ]
        for table in ("metrics", "latest_metrics"):
            db.executemany(
                f"INSERT INTO {table} (key, value, timestamp, step, is_nan, run_uuid) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                figures,
            )
        db.commit()


def own_row(row: dict[str, object], cell: CellResult, place: int) -> dict[str, object]:
    """Return what a cell's row has of its own."""
    uri = str(row["artifact_uri"]).replace(str(row["run_uuid"]), cell.run_id)
    start = int(str(row["start_time"])) + place
    return {
        "run_uuid": cell.run_id,
        "name": cell.name,
        "artifact_uri": uri,
        "start_time": start,
        "end_time": start + 1,
    }


def own_tags(cell: CellResult) -> dict[str, str]:
    """Return what a cell's tags have of their own."""
    own = {f"hierbench.{name}": value for name, value in cell.tags.items()}
    return {**own, "hierbench.send_id": cell.run_id, "mlflow.runName": cell.name}


def check(store: Store, sweep_id: str, cells: list[CellResult]) -> float:
    """Read every cell from MLflow, compare it with what was written, return the seconds."""
    start = perf_counter()
    found = {cell.run_id: cell for cell in cells_of(store, sweep_id)}
    seconds = perf_counter() - start
    assert len(found) == len(cells)
    for cell in cells:
        read = found[cell.run_id]
        assert (read.metrics, read.params) == (dict(cell.metrics), dict(cell.params)), cell.run_id
        assert {name: read.tags[name] for name in cell.tags} == dict(cell.tags)
    return seconds


def timed(folder: Path, *words: str) -> dict[str, float]:
    """Run the program in a new process; return its wall and CPU seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
    command = [sys.executable, "-m", "hierbench", "compare", *words]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_seconds": round(wall, 1), "cpu_seconds": round(cpu, 1)}


def measure(folder: Path, *, verify: bool) -> dict[str, object]:
    """Return the seconds of every form of the answer."""
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
    start = perf_counter()
    sweep_id, cells = fill(store)
    filled = perf_counter() - start
    read = check(store, sweep_id, cells)
    report = folder / "report.html"
    found: dict[str, object] = {
        "cells": len(cells),
        "settings": len(cells) // SEEDS,
        "fill_seconds": round(filled, 1),
        "read_from_mlflow_seconds": round(read, 1),
        "compare": timed(folder),
        "compare_json": timed(folder, "--json"),
        "compare_csv": timed(folder, "--csv", "cells.csv"),
        "compare_and_report": timed(folder, "--html", str(report)),
        "report_mib": round(report.stat().st_size / 2**20, 2),
    }
    if verify:
        found["compare_verify"] = timed(folder, "--verify")
    return found


def main() -> None:
    """Print, and write, the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--verify", action="store_true", help="time --verify too")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the store there")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        text = json.dumps(measure(folder, verify=arguments.verify), indent=1)
    finally:
        if arguments.keep is None:
            shutil.rmtree(folder)
    print(text)
    if arguments.json:
        arguments.json.write_text(f"{text}\n")


if __name__ == "__main__":
    main()
