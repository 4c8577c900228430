"""Cases through child processes, each started anew after a hundred; judged by what they print."""

import json
import os
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASES_PER_CHILD = 100
LONGEST_CPU_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 300.0
"""For an answer on a machine that does other work; then the child is killed: the case hangs."""

REFUSED, FAULT = 2, 70
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Case:
    """One mutated input.

    Attributes
    ----------
    words : list of str
        The command line.
    change : callable
        Puts the mutated file in its place, and the valid one back at the end.
    told : str
        What was mutated, to be shown with a fault.
    """

    words: list[str]
    change: Callable[[], Any] = nullcontext
    told: str = ""


@dataclass
class Tally:
    """What became of the cases of one kind."""

    kind: str
    codes: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Cases so far."""
        return sum(self.codes.values())

    @property
    def passed(self) -> int:
        """Cases that were no wrong input."""
        return self.count - self.codes[REFUSED] - self.codes[FAULT] - self.codes[-1]


@contextmanager
def started(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Give a child that waits for cases in `folder`; it is ended with the block."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz.child"],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()


def asked(child: "subprocess.Popen[str]", words: list[str]) -> dict[str, Any] | None:
    """Return the child's answer; None where it gives none in time, or has died."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        print(json.dumps(words), file=child.stdin, flush=True)
    except BrokenPipeError:
        return None
    ready, _, _ = select.select([child.stdout], [], [], LONGEST_WAIT_SECONDS)
    line = child.stdout.readline() if ready else ""
    return json.loads(line) if line else None


def run(kind: str, cases: Iterable[Case], folder: Path, warm: list[str]) -> Tally:
    """Run the cases in `folder` and judge each; `warm` is a command whose imports all need."""
    tally, waiting = Tally(kind), iter(cases)
    case: Case | None = next(waiting, None)
    while case is not None:
        with started(folder) as child:
            asked(child, warm)
            for _ in range(CASES_PER_CHILD):
                with case.change():
                    answer = asked(child, case.words)
                judge(tally, case, answer)
                case = next(waiting, None)
                if case is None or answer is None:
                    break
    return tally


def judge(tally: Tally, case: Case, answer: dict[str, Any] | None) -> None:
    """Count the case, and note what is wrong with its answer."""
    code = -1 if answer is None else int(answer["code"])
    tally.codes[code] += 1
    wrong = "no answer in time, or the process died" if answer is None else fault_of(answer)
    if wrong:
        said = "" if answer is None else f": {answer['err'][-400:]!r}"
        words = str([word[:200] for word in case.words])
        tally.faults.append(f"{words} [{case.told}]: {wrong}{said}")
        print(tally.faults[-1], file=sys.stderr, flush=True)


def fault_of(answer: dict[str, Any]) -> str:
    r"""Return what is wrong with an answer, nothing where all is right.

    >>> fault_of({"code": 2, "out": "", "err": "hierbench: no\n", "seconds": 0.1})
    ''
    """
    if answer["code"] not in (0, 1, REFUSED):
        return f"exit code {answer['code']}"
    if "Traceback" in answer["out"] + answer["err"]:
        return "a traceback"
    if answer["seconds"] > LONGEST_CPU_SECONDS:
        return f"{answer['seconds']:.0f} CPU seconds"
    line = answer["err"].removesuffix("\n")
    if answer["code"] == REFUSED and not (line.startswith("hierbench: ") and line.isprintable()):
        return "a refusal that is not one line of printable text"
    return ""
