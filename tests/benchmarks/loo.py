"""What PSIS-LOO costs on 20,000 rows and 4,000 draws: CPU seconds and memory beside the draws.

Timed first, then measured: tracing every allocation slows it several times over.

    python -m tests.benchmarks.loo
"""

import argparse
import json
import tracemalloc
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from hierbench.config.schema import Config, DataConfig
from hierbench.diagnostics.loo import Loo, leave_one_out
from hierbench.models.data import load
from hierbench.models.homes.predictive import log_likelihood_of_rows
from hierbench.models.homes.rows import Rows
from hierbench.records import Arrays

CHAINS, DRAWS = 4, 1000
EFFICIENCY = 0.8


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=20_000)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    data = load(Config(data=DataConfig("berlin_like", rows=options.rows, y_scale=1e5)))
    figures = figures_of(data, draws_about_the_truth(data))
    for name, value in figures.items():
        print(f"{name:24} {value:10.2f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def draws_about_the_truth(data: Rows) -> dict[str, np.ndarray]:
    """Return draws as wide as a group of so many rows leaves them, one residual sd in all."""
    assert data.truth is not None
    rng = np.random.default_rng(1)
    sd = 1.2 / np.sqrt(data.group_sizes)
    shape = (CHAINS, DRAWS, len(data.labels))
    effects = {name: data.truth[name] + sd * rng.normal(size=shape) for name in ("alpha", "beta")}
    return {**effects, "sigma": 1.2 + 0.01 * rng.normal(size=shape[:2])}


def figures_of(data: Rows, draws: Arrays) -> dict[str, float]:
    wall, cpu = perf_counter(), process_time()
    found = loo(data, draws)
    spent = {"wall_seconds": perf_counter() - wall, "cpu_seconds": process_time() - cpu}
    tracemalloc.start()
    loo(data, draws)
    _, peak = tracemalloc.get_traced_memory()
    whole = 8 * len(data.y) * CHAINS * DRAWS
    return {
        "rows": len(data.y),
        **spent,
        "peak_mb": peak / 1e6,
        "log_likelihood_mb": whole / 1e6,
        **found.metrics,
    }


def loo(data: Rows, draws: Arrays) -> Loo:
    return leave_one_out(log_likelihood_of_rows(draws, data), efficiency=EFFICIENCY)


if __name__ == "__main__":
    main()
