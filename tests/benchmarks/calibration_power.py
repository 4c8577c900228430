"""Compute how often a calibration finds a planted fault, before one is run.

python -m tests.benchmarks.calibration_power --json tests/benchmarks/calibration_power.json

The fault is an offset doubled, alpha = mu_alpha + 2 offset sigma_alpha. Its posterior is known
without it: 2 sigma_alpha is what the right form has where the prior of sigma_alpha is twice as
wide. So `marginal` is fitted under that prior, and twice the true sigma_alpha is ranked.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from hierbench.cell import plan_cell
from hierbench.cell.fit import fit_cell
from hierbench.cell.running import CompiledModels
from hierbench.config.schema import Config
from hierbench.environment import prepare
from hierbench.models.data import load
from hierbench.models.homes import MODEL
from hierbench.models.homes.rows import Rows
from hierbench.process import cores_of_workers
from hierbench.validation.calibration import Ranks, judge, plan_calibration
from hierbench.validation.designs import NOT_UNIFORM

FORM, FAULTY, DESIGN = "marginal", "sigma_alpha", "small"
SIMULATIONS = (5, 7, 10, 15, 20, 40, 200)
FIRST_SEED = 1_000_001
"""Far from the seeds of a calibration: its own simulations decide nothing here."""


def fitted(config: Config, dataset: Rows, compiled: CompiledModels) -> Ranks:
    """Return the ranks of one simulation."""
    cell = plan_cell(config, dataset)
    table = fit_cell(cell, compiled, len(cores_of_workers(1)[0])).diagnosis.parameters
    estimand = table["estimand"]
    names = tuple(map(str, table["parameter"][estimand]))
    ranks = table["truth_rank"][estimand][None, :].astype(np.int64)
    return Ranks(names, ranks, int(table["truth_rank_draws"][0]))


def doubled(config: Config, dataset: Rows) -> tuple[Config, Rows]:
    """Return what the right form is asked, and told, in place of the faulty one."""
    prior = replace(config.prior, **{FAULTY: 2 * float(getattr(config.prior, FAULTY))})
    truth = dict(dataset.truth or {})
    truth[FAULTY] = 2 * truth[FAULTY]
    return replace(config, prior=prior), replace(dataset, truth=truth, drawn_from=None)


def simulated(pool: int, *, faulty: bool) -> Ranks:
    """Return the ranks of `pool` simulations of the right form, or of the faulty one."""
    form = f"parameterization={FORM}"
    (planned,) = plan_calibration(MODEL, MODEL.designs[DESIGN], 1, [form]).cells
    compiled = CompiledModels()
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + pool):
        config = replace(planned.config, data=replace(planned.config.data, seed=seed), seed=seed)
        dataset = load(config)
        asked = doubled(config, dataset) if faulty else (config, dataset)
        found.append(fitted(*asked, compiled))
    return replace(found[0], ranks=np.concatenate([one.ranks for one in found]))


def blocks(pool: Ranks, count: int) -> Iterator[Ranks]:
    """Give calibrations of `count` simulations that share none."""
    for start in range(0, len(pool.ranks) - count + 1, count):
        yield replace(pool, ranks=pool.ranks[start : start + count])


def found_share(pool: Ranks, count: int) -> dict[str, Any]:
    """Return how often calibrations of `count` simulations call the form not uniform."""
    verdicts = [judge(FORM, block, MODEL.designs[DESIGN]) for block in blocks(pool, count)]
    hits, tries = sum(v.found == NOT_UNIFORM for v in verdicts), len(verdicts)
    named = sum(v.found == NOT_UNIFORM and v.worst == FAULTY for v in verdicts)
    return {
        "simulations": count,
        "calibrations": tries,
        "found": hits,
        f"{FAULTY} named worst": named,
        "at least (95 % confidence)": round(float(lower_bound(hits, tries)), 4),
        "at most (95 % confidence)": round(1 - float(lower_bound(tries - hits, tries)), 4),
    }


def lower_bound(hits: int, tries: int) -> float:
    """Return the lower end of Clopper and Pearson's (1934) one-sided 95 % interval."""
    return float(beta.ppf(0.05, hits, tries - hits + 1)) if hits else 0.0


def rows_of(pool: Ranks, counts: Sequence[int]) -> list[dict[str, Any]]:
    """Return the shares for every number of simulations that the pool has two of."""
    return [found_share(pool, count) for count in counts if 2 * count <= len(pool.ranks)]


def main() -> None:
    """Print, and write, power and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    prepare()
    found = {
        "design": DESIGN,
        "pool": arguments.pool,
        "fault found": rows_of(simulated(arguments.pool, faulty=True), SIMULATIONS),
        "false alarms": rows_of(simulated(arguments.pool, faulty=False), SIMULATIONS),
    }
    text = json.dumps(found, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(f"{text}\n")


if __name__ == "__main__":
    main()
