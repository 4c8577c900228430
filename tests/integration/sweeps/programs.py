"""The program itself, started as a user does, in a session of its own."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import ended

TINY = [
    "data=berlin_like",
    "data.rows=60",
    "data.groups=6",
    "sampler.draws=50",
    "sampler.tune=50",
    "sampler.chains=2",
    "plots=none",
]


@dataclass
class Program:
    """One running `hierbench`, and what it has printed."""

    process: subprocess.Popen
    log: Path

    @property
    def printed(self) -> str:
        """Standard output and error so far."""
        return self.log.read_text()

    def wait(self) -> int:
        """Return the exit code once it has ended."""
        return ended(self.process, f"a program whose output is in {self.log}")

    def signal_group(self, number: int) -> None:
        """Send a signal to the program and all that it started, as a terminal does."""
        os.killpg(self.process.pid, number)

    def group(self) -> list[int]:
        """Return the living processes that the program has started, itself included."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (OSError, ValueError):
                continue
            if fields and fields[0] != "Z" and int(fields[3]) == self.process.pid:
                found.append(int(entry.name))
        return found

    def end(self) -> None:
        """End it and all that it started, whatever the test came to."""
        if self.group():
            self.signal_group(signal.SIGKILL)
        ended(self.process, "a program after SIGKILL")


def start(folder: Path, *words: str, env: dict[str, str] | None = None) -> Program:
    """Start `hierbench` with `words` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"program-{len(list(folder.glob('program-*')))}.log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_T")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hierbench", *words],
            cwd=folder,
            env={**clean, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Program(process, log)
