"""Mutated files of a store: its bytes, and the values in its JSON and YAML."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import yaml

from hierbench.records import RunStatus
from hierbench.tracking import LocalRun, NewRun, Store, ended, locate, open_store, write
from hierbench.tracking.contract import COMPARISON, PARAMETERS, PLAN
from tests.fuzz.running import Case
from tests.integration.compare.planted import Planted, grid, plant_plan, plant_sweep
from tests.integration.reproduce.handmade import make_run

ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**400, 1e308, float("nan"), float("inf"), "", "text", [], {}, [[]]),
    *("${oc.env:HOME}", "../../etc/passwd", "\x1b[2J", "\x00", "é\u202e", "9" * 5000, "x" * 10**6),
    *({"_target_": "os.getcwd"}, [None] * 1000, {"a": {"a": {"a": {"a": 1}}}}, "1e9", "s3://b/x"),
)


def deep(levels: int) -> Any:
    """Return lists inside each other."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def planted(folder: Path) -> dict[Path, list[list[str]]]:
    """Make a store in `folder`; return each of its files with the commands that read it."""
    store = open_store(locate(None, folder))
    values = {"mean": [0.1, 0.2], "sd": [1.0, 1.0], "r_hat": [1.0, 1.01]}
    table = pd.DataFrame({"parameter": ["mu_alpha", "mu_beta"], **values})
    cells = [Planted(parameters=table), *grid(2)]
    sweep_id = plant_sweep(store, cells)
    plant_plan(store, sweep_id, folder / "plan")
    (folder / "scratch").mkdir()
    made = make_run(store, folder / "scratch")
    root = folder / "runs" / "artifacts"
    one = next(path for path in root.glob(f"*/artifacts/{PARAMETERS}"))
    cell_id = one.parts[-3]
    short, run = sweep_id[:12], made.run_id
    return {
        root / sweep_id / "artifacts" / PLAN: [["status", short], ["resume", short]],
        root / sweep_id / "artifacts" / COMPARISON: [
            ["compare", short],
            ["compare", short, "--html", "x.html"],
        ],
        one: [["show", cell_id], ["compare", short, "--verify"]],
        made.folder / "config.yaml": [["reproduce", run], ["show", run]],
        made.folder / "provenance.json": [["reproduce", run], ["show", run]],
        made.folder / "posterior.nc": [["reproduce", run]],
        waiting(store): [["sync"], ["repair"]],
    }


def waiting(store: Store) -> Path:
    """Return the record of a run that waits for the store."""
    folder = store.location.sweeps / "waiting"
    run = write(folder, LocalRun(NewRun("cell", "waits", "", {"cell_key": "k"}, {"seed": "1"})))
    ended(folder, run, RunStatus.FINISHED, metrics={"r_hat_max": 1.0})
    return folder / "record.json"


def cases(random: Random, count: int, folder: Path) -> Iterator[Case]:
    """Yield `count` command lines, each on a store of which one file is mutated."""
    files = planted(folder)
    valid = {file: file.read_bytes() for file in files}
    for _ in range(count):
        file = random.choice(list(files))
        content = mutated(random, file.suffix, valid[file])

        def change(file: Path = file, content: bytes = content) -> Any:
            return replaced(file, content, valid[file])

        told = f"{file.name} {content[:150]!r}"
        yield Case(random.choice(files[file]), change, told)


@contextmanager
def replaced(file: Path, content: bytes, valid: bytes) -> Iterator[None]:
    """Hold `content` in a file for the length of the block, whatever becomes of its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    try:
        yield
    finally:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(valid)


def mutated(random: Random, suffix: str, content: bytes) -> bytes:
    """Return the bytes of a stored file with a value or some bytes changed."""
    if suffix not in (".json", ".yaml") or random.random() < 0.25:
        return of_bytes(random, content)
    tree = yaml.safe_load(content)
    for _ in range(random.choice((0, 1, 1, 2))):
        parents = [node for node in nodes(tree) if node]
        if not parents:
            break
        parent = random.choice(parents)
        key = random.choice(list(parent) if isinstance(parent, dict) else range(len(parent)))
        value = random.choice((*ODD, deep(30), deep(300)))
        if random.random() < 0.3 and isinstance(parent, dict):
            del parent[key]
        else:
            parent[key] = value
    if random.random() < 0.1:
        tree = random.choice((*ODD, deep(900)))
    text = json.dumps(tree) if suffix == ".json" else yaml.safe_dump(tree)
    return text.encode()


def nodes(tree: Any) -> Iterator[Any]:
    """Yield every mapping and list in plain content."""
    if isinstance(tree, dict | list):
        yield tree
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from nodes(value)


def of_bytes(random: Random, content: bytes) -> bytes:
    """Return bytes with some flipped, cut off or repeated, or all of them as they were."""
    what = random.choice(("flip", "flip", "cut", "twice", "empty", "same"))
    if what == "flip":
        changed = bytearray(content)
        for _ in range(random.randint(1, 8)):
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        return bytes(changed)
    cut = content[: random.randrange(len(content))]
    return {"cut": cut, "twice": content * 2, "empty": b"", "same": content}[what]
