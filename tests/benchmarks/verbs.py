"""What each verb costs in CPU seconds, beside importing what a fit needs.

Runs every verb in processes of its own on a planted store, and before each of them
``import pymc, nutpie, mlflow``: the unit. Nothing is fitted. Prints the medians as multiples of
the unit's median, and writes them as JSON. Exits 1 when a verb is over its budget.

    python -m tests.benchmarks.verbs --json tests/benchmarks/verbs.json
"""

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from hierbench.tracking import locate, open_store
from tests.integration.compare.planted import grid, plant_plan, plant_sweep

ROOT = Path(__file__).parents[2]
UNIT = "import pymc, nutpie, mlflow"
MLFLOW = "import mlflow"
SEEDS = 6  # of two forms: a sweep of 12 cells
BUDGETS = {
    "--help": 0.05,
    "--version": 0.05,
    "run --help": 0.05,
    "names": 0.15,
    "data list": 0.15,
    "data check FILE": None,
    "show RUN_ID": 0.7,
    "show SWEEP_ID": 0.7,
    "status": 0.7,
    "sync": 0.7,
    "repair": 0.7,
    "doctor": None,
    "compare": 0.8,
    "sweep --dry-run": None,
}
"""The most that a verb may cost, in units; None where no budget was set."""

NAMES = (
    "from hierbench.samplers import SAMPLERS; from hierbench.models import MODELS; "
    "print(*SAMPLERS, *((*of.forms, *of.data) for of in MODELS.values()))"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--repeats", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(Path(folder), options.repeats)
    print(f"{'unit: ' + UNIT:34} {figures['unit_cpu_seconds']:8.2f} CPU s")
    print(f"{MLFLOW:34} {figures['mlflow']:8.3f} units")
    for verb, cost in figures["verbs"].items():
        budget = BUDGETS[verb]
        allowed = "" if budget is None else f"  allowed {budget:g}"
        print(f"{verb:34} {cost:8.3f} units{allowed}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    if over := over_budget(figures["verbs"]):
        raise SystemExit(f"over their budget: {', '.join(over)}")


def over_budget(costs: dict[str, float]) -> list[str]:
    budgets = ((verb, BUDGETS[verb]) for verb in costs)
    return [verb for verb, most in budgets if most is not None and costs[verb] > most]


def measured(folder: Path, repeats: int) -> dict[str, object]:
    commands = commands_on(folder)
    unit: list[float] = []
    mlflow: list[float] = []
    costs: dict[str, list[float]] = {verb: [] for verb in commands}
    compileall.compile_dir(ROOT / "hierbench", quiet=1)  # as an installed package is
    for _ in range(repeats):
        # Side by side in time: a machine that slows down slows the unit too.
        unit.append(cpu_seconds([sys.executable, "-c", UNIT], folder))
        mlflow.append(cpu_seconds([sys.executable, "-c", MLFLOW], folder))
        for verb, command in commands.items():
            costs[verb].append(cpu_seconds(command, folder))
    one = median(unit)
    return {
        "unit": UNIT,
        "unit_cpu_seconds": one,
        "mlflow": median(mlflow) / one,
        "repeats": repeats,
        "verbs": {verb: median(of) / one for verb, of in costs.items()},
    }


def commands_on(folder: Path) -> dict[str, list[str]]:
    sweep, cell = planted(folder)
    table = ROOT / "data" / "ames.csv"
    keys = ("group=Neighborhood", "x=Gr_Liv_Area", "y=Sale_Price")
    words = {
        "show RUN_ID": ["show", cell],
        "show SWEEP_ID": ["show", sweep],
        "data check FILE": ["data", "check", str(table), *(f"data.{key}" for key in keys)],
        "sweep --dry-run": ["sweep", "--dry-run", "seed=1,2,3"],
    }
    program = [sys.executable, "-m", "hierbench"]
    commands = {verb: [*program, *words.get(verb, verb.split())] for verb in BUDGETS}
    return {**commands, "names": [sys.executable, "-c", NAMES]}


def planted(folder: Path) -> tuple[str, str]:
    """Fill a store in `folder` and return the ids of a sweep and of one of its cells."""
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
    sweep = plant_sweep(store, grid(SEEDS))
    plant_plan(store, sweep, folder / "plan")
    cells = store.client.search_runs(
        [store.experiment_id], f"tags.`hierbench.sweep_id` = '{sweep}'"
    )
    return sweep, str(cells[0].info.run_id)


def cpu_seconds(command: list[str], folder: Path) -> float:
    """Run a command and return the CPU seconds of its process and of those that it waited for."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with process:
        assert process.stderr is not None
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # 1 says that the answer is bad: doctor's, of a busy machine.
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}: {said}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
