"""Measure how often `compare --baseline` finds a planted slowdown, and how often one not there.

python -m tests.benchmarks.power --sweeps 2000 --json tests/benchmarks/power.json
"""

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np

from hierbench.comparison.slowdowns import FAMILY_WISE_LEVEL, THRESHOLD, found
from hierbench.comparison.statistics import logs_of, welch

SEEDS = 10
SLOWDOWN = 1.2
LOG_SDS = (0.06, 0.09, 0.12, 0.15, 0.2, 0.25, 0.3)
SETTINGS = (1, 4, 16)
PLANTED = ("none", "one", "all")


def alarms(settings: int, log_sd: float, planted: str, sweeps: int, threshold: float) -> float:
    """Return how often a slowdown is found among `settings` of which some take longer."""
    rng = np.random.default_rng([settings, round(log_sd * 100), PLANTED.index(planted)])
    slowed = np.zeros(settings)
    slowed[: {"none": 0, "one": 1, "all": settings}[planted]] = np.log(SLOWDOWN)
    count = 0
    for _ in range(sweeps):
        then, now = rng.normal(0, log_sd, (2, settings, SEEDS))
        ratios = welch(logs_of(np.exp(then)), logs_of(np.exp(now - slowed[:, None])))
        judged = found(ratios, threshold)
        count += int(judged.slower.any() or judged.overall_slower)
    return round(count / sweeps, 4)


def main() -> None:
    """Print, and write, the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweeps", type=int, default=2000)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [
        {
            "settings": settings,
            "slowed": planted,
            "log_sd": log_sd,
            "found": alarms(settings, log_sd, planted, arguments.sweeps, arguments.threshold),
        }
        for settings, planted, log_sd in product(SETTINGS, PLANTED, LOG_SDS)
        if not (settings == 1 and planted == "all")
    ]
    content = {
        "slowdown": SLOWDOWN,
        "seeds": SEEDS,
        "sweeps": arguments.sweeps,
        "threshold": arguments.threshold,
        "family_wise_level": FAMILY_WISE_LEVEL,
        "rates": rows,
    }
    text = json.dumps(content, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(f"{text}\n")


if __name__ == "__main__":
    main()
