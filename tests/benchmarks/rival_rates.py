"""Measure how often the rival checks call right pairs different, and find planted faults.

python -m tests.benchmarks.rival_rates --workers 2 --json tests/benchmarks/rival_rates.json

A pair is two forms of a small random model: a family (Normal, binomial, Poisson), one or two
grouping factors, a prior of each spread, perhaps a covariate, and for each factor centred,
partially centred or non-centred effects; a Normal model of one factor may have its effects
integrated out.
"""

# ruff: noqa: E402
import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from hierbench.environment import prepare

prepare()  # NumPy and PyTensor read threads and flags when they are imported

from scipy.stats import binomtest

from hierbench.models.rivals import check_rivals
from tests.opened_files import model_at, own_data

TEMPLATE = '''"""A random small model: {spec}."""

from functools import partial

import numpy as np
import pymc as pm
import pytensor.tensor as pt

SIZES = {sizes!r}
SPREADS = {spreads!r}
FAMILY = {family!r}
COVARIATE = {covariate!r}
PRIOR = {prior!r}
ESTIMANDS = {estimands!r}
ROWS = {rows!r}
RNG = np.random.default_rng({seed!r})
DATA = {{
    "x": tuple(RNG.normal(1.0, 1.0, ROWS)),
    "tried": tuple(RNG.integers(1, 9, ROWS).tolist()),
    **{{name: tuple((np.arange(ROWS) % size).tolist()) for name, size in SIZES.items()}},
}}
DATA["y"] = (
    tuple(RNG.normal(0.5, 1.5, ROWS))
    if FAMILY == "normal"
    else tuple(RNG.binomial(DATA["tried"], 0.4).tolist())
)


def data(table):
    coords = {{f"of_{{name}}": tuple(map(str, range(size))) for name, size in SIZES.items()}}
    return {{name: table[name] for name in DATA}}, coords


def spread_of(name, scale, fault):
    kind = SPREADS[name]
    if fault == "half_normal" and kind == "exponential":
        kind = "half_normal"
    if kind == "exponential":
        return pm.Exponential(f"spread_{{name}}", scale=scale[f"spread_{{name}}"])
    if kind == "half_normal":
        return pm.HalfNormal(f"spread_{{name}}", scale[f"spread_{{name}}"])
    if kind == "half_cauchy":
        return pm.HalfCauchy(f"spread_{{name}}", scale[f"spread_{{name}}"])
    if fault == "jacobian":
        log_spread = pm.Flat(f"log_spread_{{name}}")
        spread = pm.Deterministic(f"spread_{{name}}", pt.exp(log_spread))
        density = pm.logp(pm.LogNormal.dist(0, scale[f"spread_{{name}}"]), spread)
        pm.Potential(f"prior_{{name}}", density)
        return spread
    return pm.LogNormal(f"spread_{{name}}", 0, scale[f"spread_{{name}}"])


def effect_of(name, place, way, level, spread, fault):
    mean = level if place == 0 else 0.0
    if way == "centered":
        return pm.Normal(f"effect_{{name}}", mean, spread, dims=f"of_{{name}}")
    if way == "partial":
        z = pm.Normal(f"z_{{name}}", 0.5 * mean, spread**0.5, dims=f"of_{{name}}")
        found = mean + spread**0.5 * (z - 0.5 * mean)
        return pm.Deterministic(f"effect_{{name}}", found, dims=f"of_{{name}}")
    z = pm.Normal(f"z_{{name}}", 0, 2.0 if fault == "offset" else 1.0, dims=f"of_{{name}}")
    shift = 0.0 if fault == "mean" else mean
    by = spread**2 if fault == "variance" else spread
    return pm.Deterministic(f"effect_{{name}}", shift + by * z, dims=f"of_{{name}}")


def form(data, scale, ways, fault=""):
    level = pm.Normal("level", 0, scale["level"])
    slope = pm.Normal("slope", 0, scale["slope"]) if COVARIATE else 0.0
    x = data["x"] - data["x"].mean() if fault == "covariate" else data["x"]
    mean = slope * x
    for place, (name, way) in enumerate(zip(SIZES, ways)):
        spread = spread_of(name, scale, fault if place == 0 else "")
        if way == "integrated":
            return integrated(name, level, mean, spread, data, scale)
        effect = effect_of(name, place, way, level, spread, fault if place == 0 else "")
        mean = mean + effect[data[name]]
    if FAMILY == "normal":
        noise = pm.Exponential("noise", scale=scale["noise"])
        pm.Normal("outcome", mean, noise, observed=data["y"])
    elif FAMILY == "binomial":
        pm.Binomial("outcome", data["tried"], logit_p=mean, observed=data["y"])
    else:
        pm.Poisson("outcome", pt.exp(mean), observed=data["y"])


def integrated(name, level, mean, spread, data, scale):
    noise = pm.Exponential("noise", scale=scale["noise"])
    member = pt.eq(data[name][None, :], np.arange(SIZES[name])[:, None])
    rows, residual = member.sum(axis=1), data["y"] - level - mean
    total, variance = (member * residual).sum(axis=1), noise**2 + rows * spread**2
    squares = (residual**2).sum() - (spread**2 * total**2 / variance).sum()
    log_det = pt.log(variance).sum() + 2 * (rows - 1).sum() * pt.log(noise)
    pm.Potential("outcome", -0.5 * (squares / noise**2 + log_det))


def complete(rng, data, scale, hyper):
    (name,) = SIZES
    member = data[name][None, :] == np.arange(SIZES[name])[:, None]
    level, spread, noise = (hyper[one][:, None] for one in ("level", f"spread_{{name}}", "noise"))
    slope = hyper["slope"][:, None] if COVARIATE else 0.0
    total = (data["y"] - slope * data["x"] + 0.0 * level) @ member.T
    precision = member.sum(axis=1) / noise**2 + 1 / spread**2
    middle = (total / noise**2 + level / spread**2) / precision
    return {{f"effect_{{name}}": middle + rng.normal(size=middle.shape) / np.sqrt(precision)}}


FORMS = {{
    "first": partial(form, ways={first!r}),
    "second": partial(form, ways={second!r}, fault={fault!r}),
}}
{complete}
'''

FAULTS = {
    "mean": "dropped mean",
    "offset": "offset doubled",
    "jacobian": "missing Jacobian",
    "variance": "sd for variance",
    "half_normal": "half-Normal for Exponential",
    "covariate": "covariate centred in one form only",
}
SPREADS = ("exponential", "half_normal", "half_cauchy", "log_normal")
WAYS = ("centered", "noncentered", "partial")


@dataclass(frozen=True)
class Result:
    """What the checks said of one pair."""

    seed: int
    fault: str
    spec: str
    different: bool
    said: list[str]
    cpu_seconds: float


def text_of(seed: int, fault: str) -> tuple[str, str]:
    """Return the text of a random model and what it is, in words."""
    pick = random.Random(f"{seed} {fault}")
    family = pick.choice(("normal", "binomial", "poisson"))
    integrates = (
        family == "normal" and pick.random() < 0.5 and fault not in ("mean", "offset", "variance")
    )
    names = ("a",) if integrates else ("a", "b")[: pick.choice((1, 2))]
    sizes = {name: pick.randint(3, 8) for name in names}
    spreads = {name: pick.choice(SPREADS) for name in names}
    spreads["a"] = {"half_normal": "exponential", "jacobian": "log_normal"}.get(fault, spreads["a"])
    covariate = fault == "covariate" or pick.random() < 0.5
    second = tuple(pick.choice(WAYS) for _ in names)
    if fault in ("mean", "offset", "variance"):
        second = ("noncentered", *second[1:])
    if integrates:
        second = ("integrated",)
    scales = {"level": 1.0, **({"slope": 0.7} if covariate else {})}
    scales |= {f"spread_{name}": pick.choice((0.5, 0.8)) for name in names}
    scales |= {"noise": 1.0} if family == "normal" else {}
    spec = f"{family}, {sizes}, {spreads}, second {second}, covariate {covariate}"
    text = TEMPLATE.format(
        spec=spec,
        sizes=sizes,
        spreads=spreads,
        family=family,
        covariate=covariate,
        prior=scales,
        estimands={"hyper": tuple(scales), "effects": tuple(f"effect_{name}" for name in names)},
        rows=pick.randint(15, 40),
        seed=seed,
        first=tuple(pick.choice(WAYS) for _ in names),
        second=second,
        fault=fault,
        complete='COMPLETE = {"second": complete}' if integrates else "",
    )
    return text, spec


def measured(case: tuple[int, str, bool]) -> Result:
    """Return what the checks say of the pair of one seed and fault."""
    seed, fault, quick = case
    text, spec = text_of(seed, fault)
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pair.py"
        path.write_text(text, encoding="utf-8")
        model = model_at(path)
        found = check_rivals(model, own_data(model), list(model.forms), quick=quick, seed=seed)
    said = [f"{one.check}: {one.text}" for one in found if one.passed is False]
    return Result(seed, fault, spec, bool(said), said, time.process_time() - start)


def results(cases: list[tuple[int, str, bool]], workers: int) -> Iterator[Result]:
    """Yield the results in order."""
    if workers == 1:
        yield from map(measured, cases)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(measured, cases)


def rate(found: list[Result]) -> dict[str, object]:
    """Return how many of some pairs were called different, with Clopper and Pearson's interval."""
    different, count = sum(one.different for one in found), len(found)
    interval = binomtest(different, count).proportion_ci(0.95, "exact")
    return {"pairs": count, "different": different, "interval": [interval.low, interval.high]}


def main() -> None:
    """Measure and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--faulty", type=int, default=20, help="pairs of each kind of fault")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cases = [(asked.seed * 10_000 + n, "", asked.quick) for n in range(asked.pairs)]
    for fault in FAULTS:
        cases += [(asked.seed * 10_000 + n, fault, asked.quick) for n in range(asked.faulty)]
    random.Random(asked.seed).shuffle(cases)
    found: list[Result] = []
    for one in results(cases, asked.workers):
        found.append(one)
        if one.different != bool(one.fault):
            print(f"{one.fault or 'right'} {one.seed}: {one.spec}: {one.said}", flush=True)
        if len(found) % 20 == 0 or len(found) == len(cases):
            summary = summary_of(found, asked.quick)
            print(f"{len(found)} of {len(cases)} pairs", flush=True)
            if asked.json:
                asked.json.write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    print(json.dumps(summary, indent=1))


def summary_of(found: list[Result], quick: bool) -> dict[str, object]:
    """Return the rates of the pairs so far, what one cost, and what was said of wrong answers."""
    rates = {
        name or "right": rate([one for one in found if one.fault == fault])
        for fault, name in {"": "", **FAULTS}.items()
        if any(one.fault == fault for one in found)
    }
    return {
        "rates": rates,
        "cpu_seconds_per_pair": sum(one.cpu_seconds for one in found) / len(found),
        "quick": quick,
        "wrong": [asdict(one) for one in found if one.different != bool(one.fault)],
    }


if __name__ == "__main__":
    main()
