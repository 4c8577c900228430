"""Compute the shipped reference posteriors anew, and compare them with others'.

python -m tests.benchmarks.references --write
python -m tests.benchmarks.references --only sacramento-independent --against FOLDER

Without --write the files stay, and each is compared with what was computed just now. FOLDER
holds JSON files of another's making, named for the data, with `hyperparameters` (mean, sd),
`groups` (group, alpha, beta: mean and sd first) and `correlated_model`; how far ours lie from
theirs is printed in posterior sds and in Monte Carlo standard errors.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.models.data import load
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.references import shipped
from hierbench.models.homes.references.files import Shipped, folder, write
from hierbench.models.homes.rows import Rows
from hierbench.records import Reference
from tests.benchmarks.references.cases import Case, cases
from tests.benchmarks.references.compute import Computed, compute

PROPOSALS, SEED = 400_000, 2019
METHOD = (
    "alpha, beta and mu integrated out exactly; importance sampling of log sigma_alpha, "
    "log sigma_beta, log sigma (and atanh rho) from a fitted mixture of t with a share uniform "
    "in sigma_alpha and in sigma_beta down to 0; Rao-Blackwellised means and sds"
)


def made(case: Case, proposals: int, seed: int) -> tuple[Rows, Shipped]:
    """Return the data of a case, and its reference with the labels."""
    with composer() as hydra:
        config = to_config(compose_cell(hydra, case.overrides))
    dataset, prior = load(config), hyperprior(config.prior, case.model)
    found = compute(dataset, case.model, prior, name=case.name, proposals=proposals, seed=seed)
    labelled = Shipped(
        overrides=case.overrides,
        arrays_sha256=dataset.arrays_sha256,
        rows=len(dataset.y),
        model=case.model,
        hyperprior=prior,
        computed=how(found, case.name),
        reference=found.reference,
    )
    return dataset, labelled


def how(found: Computed, name: str) -> dict[str, str | float]:
    """Return what a reader needs to compute `found` again and to trust it."""
    return {
        "command": f"python -m tests.benchmarks.references --write --only {name}",
        "method": METHOD,
        "proposals": found.proposals,
        "seed": found.seed,
        "importance_ess": found.importance_ess,
        "pareto_k": found.pareto_k,
        "log_marginal": found.log_marginal,
    }


def apart(ours: Reference, theirs: Reference) -> str:
    """Return the largest differences of means and of sds, over all estimands of `theirs`."""
    rows = []
    for name, mean in theirs.mean.items():
        by_mean, by_sd = ours.mean[name] - mean, ours.sd[name] - theirs.sd[name]
        errors = np.hypot(ours.mcse_mean[name], theirs.mcse_mean[name])
        sd_errors = np.hypot(ours.mcse_sd[name], theirs.mcse_sd[name])
        columns = (
            by_mean / ours.sd[name],
            by_mean / errors,
            by_sd / ours.sd[name],
            by_sd / sd_errors,
        )
        rows.append((name, *(float(np.max(np.abs(column))) for column in columns)))
    lines = [f"  {'estimand':12}{'mean: sds':>12}{'z':>8}{'sd: sds':>12}{'z':>8}"]
    lines += [f"  {name:12}{a:12.5f}{b:8.2f}{c:12.5f}{d:8.2f}" for name, a, b, c, d in rows]
    return "\n".join(lines)


def foreign(case: Case, dataset: Rows, against: Path) -> Reference | None:
    """Return the other's figures for a case, or None; MCSE is sd / sqrt(ESS) where not told."""
    path = next(iter(sorted(against.glob(f"{dataset.name}*.json"))), None)
    if path is None or "prior.scale=1" not in case.overrides:
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if case.model == "correlated":
        part = content.get("correlated_model")
        return part and of_hyperparameters(part, part["importance_ess"])
    population = of_hyperparameters(content, content["method"]["importance_ess"])
    return with_groups(population, content["groups"], dataset)


def of_hyperparameters(content: dict[str, Any], ess: float) -> Reference:
    """Return the hyperparameters of another's file; an sd's error is sd / sqrt(2 ESS)."""
    table = content["hyperparameters"]
    mean = {name: np.array(row["mean"]) for name, row in table.items()}
    sd = {name: np.array(row["sd"]) for name, row in table.items()}
    mcse = {n: np.array(row.get("mcse_mean", row["sd"] / ess**0.5)) for n, row in table.items()}
    return Reference("other", mean, sd, mcse, {n: v / (2.0 * ess) ** 0.5 for n, v in sd.items()})


def with_groups(known: Reference, rows: list[dict[str, Any]], dataset: Rows) -> Reference:
    """Add alpha and beta, by our labels; theirs rest on 10,000 draws: MCSE sd / 100."""
    by_label = {str(row["group"]): row for row in rows}
    mean, sd = dict(known.mean), dict(known.sd)
    if set(by_label) != set(dataset.labels):
        return known
    for name in ("alpha", "beta"):
        table = np.array([by_label[label][name] for label in dataset.labels])
        mean[name], sd[name] = table[:, 0], table[:, 1]
    errors = {n: known.mcse_mean.get(n, sd[n] / 100) for n in sd}
    sd_errors = {n: known.mcse_sd.get(n, sd[n] / 20_000**0.5) for n in sd}
    return Reference("other", mean, sd, errors, sd_errors)


def main() -> None:
    """Compute the chosen cases; write them or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="part of the names wanted")
    parser.add_argument("--write", action="store_true", help="write the files")
    parser.add_argument("--against", type=Path, help="folder of another's figures")
    parser.add_argument("--proposals", type=int, default=PROPOSALS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    known = {one.reference.name: one.reference for one in shipped()}
    for case in cases():
        if options.only not in case.name:
            continue
        start = perf_counter()
        dataset, labelled = made(case, options.proposals, options.seed)
        ess, k = (float(labelled.computed[key]) for key in ("importance_ess", "pareto_k"))
        print(f"{case.name}: ESS {ess:.0f}, k {k:.2f}, {perf_counter() - start:.1f} s")
        if options.write:
            print(f"  {write(labelled, folder())}")
        elif case.name in known:
            print(apart(labelled.reference, known[case.name]))
        other = options.against and foreign(case, dataset, options.against)
        if other:
            print(f"  against {options.against}\n{apart(labelled.reference, other)}")


if __name__ == "__main__":
    main()
