"""`python -m hierbench.cli.guard PID COMMAND...`: a command that ends with the process PID.

The process PID starts this one, in a process group of its own; the command and all that it starts
in that group are killed when PID has ended, by SIGKILL too, after which PID can end nothing.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence

from hierbench.tether import end_group_with

__all__ = ["guarded"]


def guarded(parent: int, words: Sequence[str]) -> list[str]:
    """Return the command that runs `words` and ends them with the process `parent`."""
    return [sys.executable, "-m", "hierbench.cli.guard", str(parent), *words]


def main(parent: int, words: Sequence[str]) -> int:
    """Run `words` and return their exit code."""
    end_group_with(parent)
    # Sent to the whole group: the command ends by it in its own time, and then this process.
    signal.signal(signal.SIGTERM, lambda *_: None)
    code = subprocess.call(words)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
