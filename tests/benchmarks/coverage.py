"""Measure how often 90 % intervals cover, on simulated sweeps of few seeds.

python -m tests.benchmarks.coverage --sweeps 2000 --json tests/benchmarks/coverage.json
"""

import argparse
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, stdtrit

from hierbench.comparison.statistics import LEVEL, intervals, logs_of, probability_best, welch

type Floats = NDArray[np.float64]
type Noise = Callable[[np.random.Generator, tuple[int, ...]], Floats]

SETTINGS = 8
SEEDS = (3, 5, 10)
LOG_SDS = {
    "0.06": np.full(SETTINGS, 0.06),
    "0.12": np.full(SETTINGS, 0.12),
    "0.2": np.full(SETTINGS, 0.2),
    "0.3": np.full(SETTINGS, 0.3),
    "0.06 to 0.3": np.geomspace(0.06, 0.3, SETTINGS),
}
FIRST, SECOND = np.arange(SETTINGS - 1), np.arange(1, SETTINGS)
"""The settings whose ratios are looked at."""

RATIO = "ratio (Welch)"
RESAMPLES = 200
NAMED_SWEEPS = 500
SURE = 0.95
SPREAD = 0.15
"""Sd of the settings' true log figures where the leader's probability is checked."""

NOISES: dict[str, Noise] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "t with 5 df": lambda rng, shape: rng.standard_t(5, shape) / np.sqrt(5 / 3),
    "gamma(4), skewed": lambda rng, shape: (rng.gamma(4, size=shape) - gammaincinv(4, 0.5)) / 2,
}
"""Log figures of a typical seed 0 (their median) and, but for the last decimals, sd 1."""


def t_interval(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the intervals that `hierbench compare` shows, dims (sweep, setting)."""
    low, high = intervals(logs_of(values.reshape(-1, values.shape[2])))
    return low.reshape(values.shape[:2]), high.reshape(values.shape[:2])


def shared_sd(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return t intervals with one sd for all settings of a sweep."""
    logs, seeds = np.log(values), values.shape[2]
    sd = np.sqrt(logs.var(axis=2, ddof=1).mean(axis=1, keepdims=True))
    half = stdtrit(SETTINGS * (seeds - 1), (1 + LEVEL) / 2) * sd / np.sqrt(seeds)
    return np.exp(logs.mean(axis=2) - half), np.exp(logs.mean(axis=2) + half)


def bootstrap(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return percentile intervals of the median over resampled seeds."""
    ends = []
    for sweep in values:
        chosen = rng.integers(0, sweep.shape[1], (RESAMPLES, sweep.shape[1]))
        medians = np.median(sweep[:, chosen], axis=2)
        ends.append(np.quantile(medians, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1))
    low, high = np.moveaxis(np.array(ends), 1, 0)
    return low, high


METHODS = {"t": t_interval, "t, one sd for all": shared_sd, "bootstrap of the median": bootstrap}


def condition(noise: str, sds: str, seeds: int, sweeps: int) -> dict[str, Any]:
    """Return the coverage of every method where all settings are equal."""
    rng = np.random.default_rng([seeds, list(LOG_SDS).index(sds), list(NOISES).index(noise)])
    drawn = NOISES[noise](rng, (sweeps, SETTINGS, seeds))
    values = np.exp(drawn * LOG_SDS[sds][:, None])
    covered = {name: inside(*method(values, rng)) for name, method in METHODS.items()}
    first, second = (logs_of(values[:, of].reshape(-1, seeds)) for of in (FIRST, SECOND))
    low, high = welch(first, second).interval()
    shape = (sweeps, len(FIRST))
    some = [logs_of(one) for one in values[:NAMED_SWEEPS]]
    named = [float(probability_best(logs, 1).max() >= SURE) for logs in some]
    return {
        "noise": noise,
        "log_sd": sds,
        "seeds": seeds,
        **{name: extremes(rates) for name, rates in covered.items()},
        RATIO: extremes(inside(low.reshape(shape), high.reshape(shape))),
        f"P(best) >= {SURE} though all are equal": round(float(np.mean(named)), 4),
    }


def inside(low: Floats, high: Floats) -> Floats:
    """Return how often each setting's interval holds the truth, 1."""
    return np.asarray(((low <= 1) & (high >= 1)).mean(axis=0))


def extremes(rates: Floats) -> dict[str, float]:
    """Return the mean coverage, and that of the worst and the best setting."""
    found = {"mean": rates.mean(), "worst": rates.min(), "best": rates.max()}
    return {name: round(float(rate), 4) for name, rate in found.items()}


def leaders(seeds: int, sweeps: int) -> dict[str, Any]:
    """Return how often the setting that leads is truly the best, against what P(best) says."""
    rng = np.random.default_rng([seeds, 99])
    said, right = np.empty(sweeps), np.empty(sweeps, dtype=bool)
    sds = LOG_SDS["0.06 to 0.3"]
    for i in range(sweeps):
        truth = rng.normal(0, SPREAD, SETTINGS)
        noise = rng.standard_normal((SETTINGS, seeds)) * rng.permutation(sds)[:, None]
        best = probability_best(logs_of(np.exp(truth[:, None] + noise)), 1)
        said[i], right[i] = best.max(), best.argmax() == truth.argmax()
    bins = [(0.0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0)]
    return {
        "seeds": seeds,
        "leaders": [
            {
                "P(best) from": low,
                "to": high,
                "sweeps": int(inside.sum()),
                "said": round(float(said[inside].mean()), 3),
                "right": round(float(right[inside].mean()), 3),
            }
            for low, high in bins
            for inside in [(said > low) & (said <= high)]
            if inside.any()
        ],
    }


def main() -> None:
    """Print, and write, the coverage under every condition."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweeps", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [
        condition(noise, sds, seeds, arguments.sweeps)
        for noise, sds, seeds in product(NOISES, LOG_SDS, SEEDS)
    ]
    found = {
        "level": LEVEL,
        "settings": SETTINGS,
        "sweeps": arguments.sweeps,
        "worst": {name: min(row[name]["worst"] for row in rows) for name in (*METHODS, RATIO)},
        "best": {name: max(row[name]["best"] for row in rows) for name in (*METHODS, RATIO)},
        "conditions": rows,
        "leaders": [leaders(seeds, arguments.sweeps) for seeds in SEEDS],
    }
    text = json.dumps(found, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(f"{text}\n")


if __name__ == "__main__":
    main()
