"""What each form costs and gives beside `centered` row by row, all in one process and one run.

python -m tests.benchmarks.forms --json tests/benchmarks/forms.json

Every (form, likelihood) is compiled once; then all are sampled with one seed, all with the next,
so that a drift of the machine meets all of them alike. Medians over seeds, and ratios to
`centered` + rowwise. Eleven seeds, as the shortest fits take 0.05 s, or half as much again when
both of their threads start on one core. Forms of another model have another posterior: their
ratios are no ranks.
"""

# ruff: noqa: E402
import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from hierbench.environment import prepare

prepare()  # NumPy and PyTensor read threads and flags when they are imported

from hierbench.cell import PlannedCell, plan_cell
from hierbench.cell.fit import fit_cell
from hierbench.cell.running import CompiledModels
from hierbench.config.plain import from_plain
from hierbench.models.data import load
from hierbench.models.homes.forms import FORMS
from hierbench.process import cores_of_workers

FIGURES = ("ess_bulk_min", "ess_per_second", "ess_per_gradient", "seconds_per_gradient")
BASE = ("centered", "rowwise")


@dataclass(frozen=True)
class Row:
    """The medians of one form under one likelihood.

    Attributes
    ----------
    figures : mapping of str to float
        Of `FIGURES`.
    ratios : mapping of str to float
        To those of `BASE`.
    passed : int
        Seeds that passed the gate.
    """

    form: str
    model: str
    likelihood: str
    seeds: int
    passed: int
    figures: dict[str, float]
    ratios: dict[str, float]


def settings() -> Iterator[tuple[str, str]]:
    """Yield every (form, likelihood)."""
    for form in FORMS:
        for likelihood in FORMS[form].likelihoods:
            yield form, likelihood


def cell_of(form: str, likelihood: str, seed: int) -> PlannedCell:
    """Return 4 x (1000 + 1000) draws of nutpie on `berlin_like`, by the default gate."""
    plain = {
        "data": {"name": "berlin_like", "y_scale": 100_000.0},
        "parameterization": form,
        "likelihood": likelihood,
        "seed": seed,
        "artifacts": "minimal",
        "gate": {
            "r_hat_max": 1.01,
            "ess_bulk_min_per_chain": 100.0,
            "ess_tail_min_per_chain": 100.0,
            "divergences": 0,
            "ebfmi_min": 0.3,
            "treedepth_hits_share_max": 0.01,
        },
    }
    config = from_plain(plain)
    return plan_cell(config, load(config))


def measure(seeds: int) -> list[Row]:
    """Return a row per (form, likelihood)."""
    compiled, cores = CompiledModels(), len(cores_of_workers(1)[0])
    found: dict[tuple[str, str], list[dict[str, float]]] = {key: [] for key in settings()}
    passed = dict.fromkeys(found, 0)
    for form, likelihood in found:
        compiled.get(cell_of(form, likelihood, 1))
    for seed in range(1, seeds + 1):
        for (form, likelihood), metrics in found.items():
            fitted = fit_cell(cell_of(form, likelihood, seed), compiled, cores)
            metrics.append(dict(fitted.diagnosis.metrics))
            passed[form, likelihood] += not fitted.diagnosis.gate_failures
    medians = {
        key: {name: median(of[name] for of in metrics) for name in FIGURES}
        for key, metrics in found.items()
    }
    return [
        Row(
            form=form,
            model=FORMS[form].variant,
            likelihood=likelihood,
            seeds=seeds,
            passed=passed[form, likelihood],
            figures=figures,
            ratios={name: value / medians[BASE][name] for name, value in figures.items()},
        )
        for (form, likelihood), figures in medians.items()
    ]


def shown(row: Row) -> str:
    """Return one line of the table."""
    of, ratio = row.figures, row.ratios
    return (
        f"{row.form:22} {row.likelihood:10} {row.passed}/{row.seeds}"
        f"{of['ess_bulk_min']:8.0f}{of['ess_per_second']:10.0f}{ratio['ess_per_second']:8.2f}"
        f"{of['ess_per_gradient']:10.4f}{ratio['ess_per_gradient']:8.2f}"
        f"{1e6 * of['seconds_per_gradient']:9.1f}{ratio['seconds_per_gradient']:8.2f}"
    )


def main() -> None:
    """Print the table, and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=11)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = measure(options.seeds)
    print(
        f"{'form':22} {'likelihood':10} gate{'ess min':>7}{'ess/s':>10}{'ratio':>8}"
        f"{'ess/grad':>10}{'ratio':>8}{'us/grad':>9}{'ratio':>8}"
    )
    for row in rows:
        print(shown(row))
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
