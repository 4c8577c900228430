"""Kill small sweeps at random moments, make them whole by `resume`, and count what went wrong.

`python -m tests.kills` sends 60 SIGKILLs to workers, 20 to process groups, and 10 each of SIGKILL,
SIGTERM, SIGHUP and SIGINT to the main process; exit code 1 when anything was lost, doubled or left.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from uuid import uuid4

from tests.integration.sweeps.programs import Program, start
from tests.processes import MARK, living, seconds_until_gone, semaphores, workers

SWEEP = [
    "sweep",
    "data=berlin_like",
    "data.rows=60",
    "data.groups=5",
    "sampler.draws=20",
    "sampler.tune=20",
    "sampler.chains=2",
    "plots=none",
    "seed=range(1,{})",
    "--workers",
    "2",
]
LOOK_SECONDS = 0.02
LONGEST_VANISH = 30.0
STARTS_PER_SWEEP = 10
RESUMES = 4
PLAN = "artifacts/{}/artifacts/plan.json"
RUNS = """SELECT r.run_uuid, r.status, t.key, t.value FROM runs r
JOIN tags t ON t.run_uuid = r.run_uuid"""


@dataclass(frozen=True)
class Kind:
    """Whom a signal is sent to, and how often.

    Attributes
    ----------
    words : tuple of str
        Overrides that its sweeps have beside the others.
    """

    name: str
    number: int
    victims: Callable[[Program, str], list[int]]
    times: int
    cells: int = 4
    kills_per_start: int = 1


@dataclass
class Score:
    """What one kind of kill came to; all but the first five are faults."""

    signals: int = 0
    sweeps: int = 0
    starts: int = 0
    cells: int = 0
    rerun: int = 0
    unfinished: int = 0
    doubled: int = 0
    running: int = 0
    differing: int = 0
    processes: int = 0
    semaphores: int = 0
    files: int = 0
    exit_codes: int = 0
    slowest: float = 0.0
    said: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How much went wrong."""
        counts = (self.unfinished, self.doubled, self.running, self.differing)
        return sum(counts) + self.processes + self.semaphores + self.files + self.exit_codes


def main_of(program: Program, mark: str) -> list[int]:
    """Return the sweep's main process."""
    return [program.process.pid]


def group_of(program: Program, mark: str) -> list[int]:
    """Return the program's process group."""
    return [-program.process.pid]


def worker_of(program: Program, mark: str) -> list[int]:
    """Return the workers there are."""
    return workers(mark)


def kinds(scale: float) -> list[Kind]:
    """Return what is killed and how often, `scale` times as often as the whole test."""

    def times(count: int) -> int:
        return max(1, round(count * scale))

    return [
        Kind("SIGKILL a worker", signal.SIGKILL, worker_of, times(60), 12, 6),
        Kind("SIGKILL the group", signal.SIGKILL, group_of, times(20)),
        Kind("SIGKILL the main process", signal.SIGKILL, main_of, times(10)),
        Kind("SIGTERM the main process", signal.SIGTERM, main_of, times(10)),
        Kind("SIGHUP the main process", signal.SIGHUP, main_of, times(10)),
        Kind("SIGINT the main process", signal.SIGINT, main_of, times(10)),
    ]


@dataclass
class Trial:
    """One sweep in a folder of its own, and what was seen of it."""

    folder: Path
    cells: int
    mark: str = field(default_factory=lambda: uuid4().hex)
    seen: set[Path] = field(default_factory=set)

    @property
    def temporary(self) -> Path:
        """Its folder for temporary files."""
        return self.folder / "tmp"

    def start(self) -> Program:
        """Start the sweep, or its `resume` where its plan is in the store."""
        self.temporary.mkdir(parents=True, exist_ok=True)
        sweep_id = planned_sweep(self.folder)
        words = ["resume", sweep_id] if sweep_id else SWEEP
        words = [word.format(self.cells + 1) for word in words]
        return start(self.folder, *words, env={MARK: self.mark, "TMPDIR": str(self.temporary)})

    def look(self) -> None:
        """Remember the semaphores that there are."""
        self.seen.update(semaphores(self.mark))

    def left(self) -> list[Path]:
        """Return the temporary files that are left."""
        files = [file for file in self.temporary.rglob("*") if not file.is_dir()]
        return [*files, *(self.folder / "runs").rglob("*.partial")]


def planned_sweep(folder: Path) -> str | None:
    """Return the id of the sweep of `folder` whose plan is in the store."""
    for run_id, tags in runs_in(folder).items():
        if tags["hierbench.kind"] == "sweep" and (folder / "runs" / PLAN.format(run_id)).exists():
            return run_id
    return None


def runs_in(folder: Path) -> dict[str, dict[str, str]]:
    """Return the tags, and as `status` the status, of every run by its id; reads SQLite itself."""
    file = folder / "runs" / "mlflow.db"
    found: dict[str, dict[str, str]] = {}
    if not file.exists():
        return found
    with closing(sqlite3.connect(file, timeout=60)) as database:
        try:
            rows = database.execute(RUNS).fetchall()
        except sqlite3.OperationalError:  # killed before there were tables
            return found
    for run_id, status, key, value in rows:
        found.setdefault(run_id, {"status": status})[key] = value
    return {run_id: tags for run_id, tags in found.items() if "hierbench.kind" in tags}


def disturbed(trial: Trial, kind: Kind, score: Score, length: float, rng: random.Random) -> bool:
    """Start the sweep, send signals at random moments; return whether it is whole."""
    program = trial.start()
    score.starts += 1
    begin = monotonic()
    moments = sorted(rng.uniform(0, length) for _ in range(kind.kills_per_start))
    sent = 0
    while program.process.poll() is None:
        if sent < len(moments) and monotonic() - begin > moments[sent]:
            trial.look()
            sent += sent_to(kind, program, trial, score, rng)
        sleep(LOOK_SECONDS)
    score.slowest = max(score.slowest, seconds_until_gone(trial.mark, LONGEST_VANISH))
    code = program.process.returncode
    check_code(kind, sent, code, program, score)
    check_processes(trial, score)
    return code == 0


def sent_to(kind: Kind, program: Program, trial: Trial, score: Score, rng: random.Random) -> int:
    """Send the signal to one of its victims; return how many were."""
    victims = kind.victims(program, trial.mark)
    if not victims or score.signals >= kind.times:
        return 0
    victim = rng.choice(victims)
    try:
        (os.killpg if victim < 0 else os.kill)(abs(victim), kind.number)
    except ProcessLookupError:
        return 0
    score.signals += 1
    return 1


def check_code(kind: Kind, sent: int, code: int, program: Program, score: Score) -> None:
    """Count an exit code that no kill explains, and what Python said of a fault."""
    allowed = {0}
    if sent and kind.victims is worker_of:
        allowed = {0, 1}
    elif sent:
        allowed = {0, -kind.number, 128 + kind.number}
    printed = program.printed
    if code not in allowed or ("Traceback" in printed and kind.number != signal.SIGINT):
        score.exit_codes += 1
        score.said.append(f"exit code {code} after {sent} signals:\n{printed[-3000:]}")


def check_processes(trial: Trial, score: Score) -> None:
    """Count the processes that outlive the main process, and end them."""
    for pid in living(trial.mark):
        score.processes += 1
        os.kill(pid, signal.SIGKILL)


def finished(trial: Trial, score: Score) -> None:
    """Resume until the sweep is whole."""
    for _ in range(RESUMES):
        if planned_sweep(trial.folder) and not missing(trial):
            break
        program = trial.start()
        score.starts += 1
        code = program.wait()
        trial.look()
        if code not in (0, 1):
            score.exit_codes += 1
            score.said.append(f"exit code {code} of resume:\n{program.printed[-3000:]}")
    if trial.left() or any(file.exists() for file in trial.seen):
        # The next start clears what a killed one left.
        again = start(
            trial.folder, "repair", env={MARK: trial.mark, "TMPDIR": str(trial.temporary)}
        )
        again.wait()
    check_processes(trial, score)


def missing(trial: Trial) -> int:
    """Return how many cells have not finished."""
    return trial.cells - len(digests(trial.folder))


def cells_in(folder: Path) -> list[dict[str, str]]:
    """Return the runs of the planned sweep's cells."""
    sweep_id = planned_sweep(folder)
    runs = runs_in(folder).values()
    return [run for run in runs if run.get("hierbench.sweep_id") == sweep_id]


def digests(folder: Path) -> dict[str, str]:
    """Return the digests of the finished cells by cell_key."""
    return {
        run["hierbench.cell_key"]: run.get("hierbench.draws_digest", "")
        for run in cells_in(folder)
        if run["status"] == "FINISHED"
    }


def check(trial: Trial, score: Score, calm: dict[str, str]) -> None:
    """Count what is wrong with a sweep that is to be whole."""
    runs, found = cells_in(trial.folder), digests(trial.folder)
    times = Counter(run["hierbench.cell_key"] for run in runs if run["status"] == "FINISHED")
    score.sweeps += 1
    score.cells += trial.cells
    score.rerun += len(runs) - trial.cells
    score.unfinished += trial.cells - len(found)
    score.doubled += sum(times.values()) - len(times)
    score.running += sum(run["status"] == "RUNNING" for run in runs_in(trial.folder).values())
    score.differing += sum(calm.get(key) != digest for key, digest in found.items())
    semaphores_left = [file for file in trial.seen if file.exists()]
    files = trial.left()
    score.semaphores += len(semaphores_left)
    score.files += len(files)
    score.said += [f"left: {file}" for file in (*semaphores_left, *files)]


def scored(kind: Kind, base: Path, calm: "Calm", rng: random.Random) -> Score:
    """Kill sweeps until the signal was sent as often as asked."""
    score = Score()
    while score.signals < kind.times:
        trial = Trial(base / f"{kind.name.replace(' ', '-')}-{score.sweeps}", kind.cells)
        for _ in range(STARTS_PER_SWEEP):
            if disturbed(trial, kind, score, calm.seconds, rng) or score.signals >= kind.times:
                break
        finished(trial, score)
        check(trial, score, calm.digests)
    return score


@dataclass(frozen=True)
class Calm:
    """A sweep that nobody disturbed: its draws, and the seconds that it took."""

    digests: dict[str, str]
    seconds: float

    @classmethod
    def run(cls, base: Path, cells: int) -> "Calm":
        """Run it."""
        trial = Trial(base / "calm", cells)
        begin = monotonic()
        program = trial.start()
        if program.wait() != 0:
            sys.exit(f"the undisturbed sweep failed:\n{program.printed}")
        return cls(digests(trial.folder), monotonic() - begin)


COLUMNS = [entry.name for entry in fields(Score) if entry.name != "said"]


def main() -> int:
    """Kill, print the table, and return whether anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the counts; default 1")
    parser.add_argument("--seed", type=int, default=1, help="of the moments; default 1")
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    asked = parser.parse_args()
    # What a shell starts in the background, and all that it starts itself, would ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rng, begin = random.Random(asked.seed), monotonic()
    base = Path(mkdtemp(prefix="kills-"))
    calm = Calm.run(base, 12)
    print(f"undisturbed: 12 cells in {calm.seconds:.1f} s; seed {asked.seed}", flush=True)
    faults = 0
    print("kind".ljust(26), *(name.rjust(10) for name in COLUMNS), flush=True)
    for kind in kinds(asked.scale):
        if asked.only not in kind.name:
            continue
        score = scored(kind, base, calm, rng)
        faults += score.faults
        row = [getattr(score, name) for name in COLUMNS]
        cut = [f"{value:.2f} s" if isinstance(value, float) else str(value) for value in row]
        print(kind.name.ljust(26), *(value.rjust(10) for value in cut), flush=True)
        print(*score.said, sep="\n", end="\n" if score.said else "", flush=True)
    print(f"{faults} faults in {(monotonic() - begin) / 60:.1f} minutes")
    if asked.keep or faults:
        print(f"kept: {base}")
    else:
        shutil.rmtree(base)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
