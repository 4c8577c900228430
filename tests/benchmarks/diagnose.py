"""Time `convergence` against ArviZ on the same draws in the same process; neither uses threads.

python -m tests.benchmarks.diagnose --parameters 443 --chains 4 --draws 1000
"""

import argparse
import json
from collections.abc import Callable
from statistics import median
from time import perf_counter

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import convergence

PHIS = (-0.3, 0.0, 0.3, 0.6, 0.9, 0.95)


def mixed_draws(chains: int, draws: int, parameters: int) -> NDArray[np.float64]:
    """Return AR(1) draws, dims (chain, draw, parameter), `PHIS` in turn along the last."""
    values = np.random.default_rng(1).standard_normal((chains, draws, parameters))
    phi = np.resize(PHIS, parameters)
    for t in range(1, draws):
        values[:, t] += phi * values[:, t - 1]
    return values


def arviz_diagnostics(data: xr.Dataset) -> None:
    """Compute with ArviZ what `convergence` does, less the mean and sd."""
    az.ess(data, method="bulk")
    az.ess(data, method="tail")
    az.rhat(data)
    az.mcse(data, method="mean")
    az.mcse(data, method="sd")


def seconds(call: Callable[[], object]) -> float:
    """Return the wall seconds of one call."""
    start = perf_counter()
    call()
    return perf_counter() - start


def measure(draws: NDArray[np.float64], repeats: int) -> dict[str, float]:
    """Return the first call's seconds (compilation or its cache), both medians and the ratio."""
    data = xr.Dataset({"x": (("chain", "draw", "parameter"), draws)})
    first = seconds(lambda: convergence(draws[..., :1]))
    arviz_diagnostics(data.isel(parameter=slice(0, 1)))
    ours, theirs = [], []
    for _ in range(repeats):
        theirs.append(seconds(lambda: arviz_diagnostics(data)))
        ours.append(seconds(lambda: convergence(draws)))
    return {
        "first_call_seconds": first,
        "arviz_seconds": median(theirs),
        "hierbench_seconds": median(ours),
        "ratio": median(ours) / median(theirs),
    }


def main() -> None:
    """Print the measurement, one figure a line or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parameters", type=int, default=443)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    draws = mixed_draws(options.chains, options.draws, options.parameters)
    figures = measure(draws, options.repeats)
    if options.json:
        print(json.dumps(vars(options) | figures))
        return
    for name, figure in figures.items():
        print(f"{name:20} {figure:.4f}")


if __name__ == "__main__":
    main()
