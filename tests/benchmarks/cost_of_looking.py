"""What a cell's measurements cost beside its sampling, in one process, one after the other.

python -m tests.benchmarks.cost_of_looking --parameterization noncentered

`share` is that of all measurements save the convergence diagnostics of every parameter, which
`tests/benchmarks/diagnose.py` holds to ArviZ's time: energies, gradients, divergences, blocks,
truth and reference, the table of the warm-up, the machine's speed and the watch on its other
work. Half the draws are marked divergent and a reference is planted, so that nothing is skipped.
Plots are apart. All in CPU seconds, which other programs on the machine do not change; those of
the sampling are divided by the cores that it used.
"""

# ruff: noqa: E402
import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median
from tempfile import TemporaryFile
from time import process_time

from hierbench.environment import prepare

prepare()  # NumPy and PyTensor read threads and flags when they are imported

import numpy as np
import pandas as pd

from hierbench.cell import PlannedCell, plan_cell
from hierbench.cell.running import CompiledModels
from hierbench.config.plain import from_plain
from hierbench.diagnostics import convergence, diagnose, parameter_columns
from hierbench.machine import Watch, machine_speed
from hierbench.models.data import load
from hierbench.models.homes.building import values_of
from hierbench.models.homes.references import reference_of
from hierbench.records import Arrays, Diagnosis, Fit, Reference

CORES = 2
GATE = {"r_hat_max": 1.01, "ebfmi_min": 0.3, "treedepth_hits_share_max": 0.01}


def cell_of(form: str) -> PlannedCell:
    """Return 4 x (1000 + 1000) draws of nutpie on `berlin_like`."""
    plain = {"name": "berlin_like", "y_scale": 100_000.0}
    config = from_plain({"data": plain, "parameterization": form, "gate": GATE})
    return plan_cell(config, load(config))


def planted(fit: Fit) -> tuple[Fit, Reference]:
    """Return the fit with half its draws divergent, and a reference of all its variables."""
    some = np.resize([True, False], fit.sample_stats["diverging"].shape)
    one = {name: np.ones(value.shape[2:]) for name, value in fit.posterior.items()}
    stats = {**fit.sample_stats, "diverging": some}
    return replace(fit, sample_stats=stats), Reference("planted", one, one, one, one)


def watched() -> Mapping[str, float]:
    """Watch nothing."""
    with Watch() as watch:
        pass
    return watch.window().metrics


def write(columns: Arrays) -> None:
    """Write a table as a cell does."""
    with TemporaryFile() as file:
        pd.DataFrame(dict(columns)).to_parquet(file)


def nothing() -> None:
    """Take no time."""


def seconds(
    call: Callable[[], object], repeats: int, *, less: Callable[[], object] = nothing
) -> float:
    """Return the median CPU seconds of some calls, each less those of `less` just before it."""
    taken = []
    for _ in range(repeats + 1):
        start = process_time()
        less()
        between = process_time()
        call()
        taken.append(process_time() - between - (between - start))
    return median(taken[1:])  # the first may compile


def measure(form: str, repeats: int) -> dict[str, float]:
    """Return the seconds of each part, of the sampling, and the share of the former."""
    cell = cell_of(form)
    compiled = CompiledModels()
    model, _ = compiled.get(cell)
    axes = compiled.axes(cell)
    values = values_of(cell.form, cell.dataset, cell.hyperprior, cell.config.likelihood)
    fits = [model.sample(values, cell.settings, seed=seed, cores=CORES) for seed in (1, 2, 3)]
    fit, reference = planted(fits[-1])

    def look() -> Diagnosis:
        return diagnose(
            fit,
            blocks=cell.model.blocks,
            necks=[neck.scale for neck in cell.model.necks],
            axes=axes,
            gate=cell.config.gate,
            truth=cell.dataset.truth,
            reference=reference,
        )

    warmup = look().warmup

    def before() -> object:
        return convergence(parameter_columns(fit.posterior))

    parts = {
        "diagnose_beside_convergence": seconds(look, repeats, less=before),
        "write_warmup": seconds(lambda: write(warmup), repeats),
        "look_up_reference": seconds(
            lambda: reference_of(cell.dataset, cell.form.variant, cell.hyperprior), repeats
        ),
        "machine_speed": seconds(machine_speed, repeats),
        "watch": seconds(watched, repeats),
    }
    sampling = median(fit.sample_cpu_seconds for fit in fits) / CORES
    return {
        "sample_seconds": sampling,
        "convergence": seconds(before, repeats),
        **parts,
        "share": sum(parts.values()) / sampling,
    }


def main() -> None:
    """Print the measurement, one figure a line or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parameterization", default="noncentered")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.parameterization, options.repeats)
    if options.json:
        print(json.dumps(vars(options) | figures))
        return
    for name, figure in figures.items():
        print(f"{name:28} {figure:.4f}")


if __name__ == "__main__":
    main()
