"""Measure how often `reproduce` says DIFFERENT: of runs that differ by seed alone, and of shifts.

python -m tests.benchmarks.error_rates --pairs 200 --json tests/benchmarks/error_rates.json
"""

# ruff: noqa: E402
import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from hierbench.environment import prepare

prepare()  # NumPy and PyTensor read threads and flags when they are imported

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from hierbench.agreement.draws import equivalence
from hierbench.cell import plan_cell
from hierbench.cell.fit import fit_cell
from hierbench.cell.running import CompiledModels
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config
from hierbench.diagnostics import parameter_columns, parameter_names
from hierbench.models.data import load
from hierbench.models.homes.rows import Rows
from hierbench.reproduction.verdict import Verdict, judge

SHIFT = 0.5
GATE = {
    "r_hat_max": 1.01,
    "ess_bulk_min_per_chain": 100.0,
    "ess_tail_min_per_chain": 100.0,
    "divergences": 0,
}


@dataclass(frozen=True)
class Pair:
    """Two converged runs that differ by seed alone."""

    names: list[str]
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    def verdict(self) -> Verdict:
        """Return what `reproduce` says of them."""
        compared = equivalence(self.names, self.first, self.second)
        return judge(compared, identical=False, recorded_passed=True, new_passed=True).verdict

    def shifted(self, parameter: int) -> "Pair":
        """Return the pair with one parameter of the second run moved by `SHIFT` sds."""
        second = self.second.copy()
        second[..., parameter] += SHIFT * second[..., parameter].std()
        return Pair(self.names, self.first, second)


def config_of(seed: int, form: str) -> Config:
    """Return one run of the small model: 400 rows, 10 groups, 4 x (1000 + 1000) of nutpie."""
    return from_plain(
        {
            "data": {"name": "berlin_like", "rows": 400, "groups": 10, "y_scale": 100_000.0},
            "parameterization": form,
            "sampler": {"target_accept": 0.95},
            "gate": GATE,
            "artifacts": "minimal",
            "seed": seed,
        }
    )


def pairs_of(form: str, data: Rows, skipped: Counter[str]) -> Iterator[Pair]:
    """Yield pairs without end; those of which a run fails its gate are counted in `skipped`."""
    compiled, seed = CompiledModels(), 0
    while True:
        runs = []
        for _ in range(2):
            seed += 1
            cell = plan_cell(config_of(seed, form), data)
            runs.append((cell, fit_cell(cell, compiled, cores=2)))
        if any(fitted.diagnosis.gate_failures for _, fitted in runs):
            skipped["pairs"] += 1
            continue
        draws = [
            {
                str(name): np.asarray(value.values)
                for name, value in fitted.tree["posterior"].data_vars.items()
                if name in cell.model.estimands
            }
            for cell, fitted in runs
        ]
        names = parameter_names(draws[0], runs[0][1].axes)
        yield Pair(names, *map(parameter_columns, draws))


def rate(verdicts: Counter[Verdict]) -> dict[str, object]:
    """Return how often each verdict fell, and the rate of DIFFERENT with its 95 % interval."""
    found = binomtest(verdicts[Verdict.DIFFERENT], verdicts.total())
    interval = found.proportion_ci(method="wilson")
    return {
        **{str(verdict): count for verdict, count in sorted(verdicts.items())},
        "different_rate": found.statistic,
        "different_rate_95": [round(interval.low, 4), round(interval.high, 4)],
    }


def measure(count: int, form: str) -> dict[str, object]:
    """Return the rates over `count` pairs; the shifted parameter goes round all of them."""
    skipped: Counter[str] = Counter()
    same: Counter[Verdict] = Counter()
    moved: Counter[Verdict] = Counter()
    pairs = pairs_of(form, load(config_of(1, form)), skipped)
    for position, pair in zip(range(count), pairs, strict=False):
        same[pair.verdict()] += 1
        moved[pair.shifted(position % len(pair.names)).verdict()] += 1
    return {
        "form": form,
        "pairs": count,
        "pairs_skipped_by_the_gate": skipped["pairs"],
        "parameters": len(pair.names),
        "seed_alone": rate(same),
        f"shift_of_{SHIFT}_sd": rate(moved),
    }


def main() -> None:
    """Print the measurement, and keep it where --json says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--form", default="centered")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    found = measure(options.pairs, options.form)
    config = asdict(config_of(1, options.form))
    text = json.dumps({**found, "data": config["data"], "sampler": config["sampler"]}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(f"{text}\n")


if __name__ == "__main__":
    main()
