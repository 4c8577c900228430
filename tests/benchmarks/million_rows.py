"""What a fit on 1,000,000 rows costs, against the same model of 10,000 rows.

Both tables have 2,000 groups. The likelihood reduces each group to its sufficient statistics, so
that a gradient should cost the same. Each table is swept through the command line with nutpie,
two seeds, the second of which finds the model compiled. Prints the figures and writes them as
JSON; `worst_*` are over all cells, `largest_process_mib` over all processes, the one that reads
the table among them.

    python -m tests.benchmarks.million_rows --json tests/benchmarks/million_rows.json
"""

import argparse
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

import h5py
import numpy as np
import pandas as pd

from hierbench.config.schema import Config, DataConfig
from hierbench.models.data import load

GROUPS = 2000
SIZES = {"large": 1_000_000, "small": 10_000}
SEED = 7
KEYS = ("data=csv", "data.group=zip", "data.x=area", "data.y=price", "data.y_scale=100000")
FITS = ("sampler.chains=2", "sampler.tune=200", "sampler.draws=200", "seed=1,2", "plots=all")
FORMS = {
    "sufficient": ("parameterization=noncentered", "likelihood=sufficient"),
    "marginal": ("parameterization=marginal",),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--workers", type=int, default=1)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = {size: write_table(folder / f"{size}.csv", SIZES[size]) for size in SIZES}
        figures: dict[str, object] = {
            f"read_seconds.{size}": read_seconds(path) for size, path in tables.items()
        }
        for form, overrides in FORMS.items():
            figures |= figures_of(form, overrides, tables, folder, options.workers)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures["largest_process_mib"] = peak
    for name, value in figures.items():
        print(f"{name:44} {value:12.6g}" if isinstance(value, float) else f"{name:44} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def write_table(path: Path, rows: int) -> Path:
    """Write prices by area in `GROUPS` ZIP codes of unequal size, 5 rows or fewer in some."""
    rng = np.random.default_rng([SEED, rows])
    share = rng.gamma(1.0, size=GROUPS) + 0.01
    group = np.concatenate(
        [np.arange(GROUPS), rng.choice(GROUPS, rows - GROUPS, p=share / share.sum())]
    )
    area = rng.lognormal(4.49, 0.47, rows)
    x = (area - area.mean()) / area.std()
    alpha = rng.normal(3.6, 0.8, GROUPS)
    beta = rng.normal(2.8, 1.3, GROUPS)
    price = 1e5 * rng.normal(alpha[group] + beta[group] * x, 1.2)
    labels = np.char.zfill(group.astype(str), 5)
    table = {"zip": labels, "area": area.round(1), "price": price.round(0)}
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def read_seconds(path: Path) -> float:
    """Return the seconds that the package takes to read a table."""
    start = perf_counter()
    load(Config(data=DataConfig("csv", str(path), "zip", "area", "price", 1e5)))
    return perf_counter() - start


def figures_of(
    form: str, overrides: Sequence[str], tables: dict[str, Path], folder: Path, workers: int
) -> dict[str, object]:
    """Return the figures of one way of writing the model on both tables."""
    figures: dict[str, object] = {}
    gradient = {}
    for size, path in tables.items():
        store = folder / f"{form}-{size}"
        words = (*KEYS, f"data.path={path}", *overrides, *FITS, f"workers={workers}")
        wall = swept(words, store)
        cells = metrics_of(store / "runs" / "mlflow.db")
        gradient[size] = statistics.median(cell["seconds_per_gradient"] for cell in cells)
        name = f"{form}.{size}"
        figures[f"{name}.sweep_wall_seconds"] = wall
        figures[f"{name}.seconds_per_gradient"] = gradient[size]
        for metric in ("peak_rss_mib", "elapsed_seconds", "diagnose_seconds", "store_seconds"):
            figures[f"{name}.worst_{metric}"] = max(cell[metric] for cell in cells)
        figures |= {f"{name}.{key}": value for key, value in sizes_of(store).items()}
    figures[f"{form}.gradient_ratio"] = gradient["large"] / gradient["small"]
    return figures


def swept(words: Sequence[str], store: Path) -> float:
    """Run a sweep in a folder of its own and return its wall seconds."""
    store.mkdir()
    start = perf_counter()
    command = [sys.executable, "-m", "hierbench", "sweep", *words]
    done = subprocess.run(command, cwd=store, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return perf_counter() - start


def metrics_of(database: Path) -> list[dict[str, float]]:
    """Return the metrics of every cell of a store."""
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


def sizes_of(store: Path) -> dict[str, float]:
    """Return the MiB of the largest posterior.nc and of each of its groups, as stored."""
    path = max(store.rglob("posterior.nc"), key=lambda file: file.stat().st_size)
    found = {"posterior_nc_mib": path.stat().st_size / 2**20}
    with h5py.File(path, "r") as file:
        for name, group in file.items():
            if isinstance(group, h5py.Group):
                held = sum(one.id.get_storage_size() for one in group.values())
                found[f"posterior_nc_mib.{name}"] = held / 2**20
    return found


if __name__ == "__main__":
    main()
