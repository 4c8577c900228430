"""Forms that go wrong while they are built, each in its way; imported by name in the workers."""

import os
from pathlib import Path
from time import sleep

import numpy as np

from tests.waiting import PATIENCE_SECONDS

MIB = 2**20
WAITS = "waits-for-end"
NAME_OF_PROCESS = "/proc/{}/comm"


def raises(values, family, coords, likelihood):
    """Raise."""
    raise ArithmeticError("no such model")


def waits(values, family, coords, likelihood):
    """Wait for somebody to end this process, whose name says so meanwhile."""
    Path(NAME_OF_PROCESS.format("self")).write_text(WAITS)
    sleep(PATIENCE_SECONDS)


def waiting(pid: int) -> bool:
    """Return whether process `pid` waits for somebody to end it."""
    try:
        return Path(NAME_OF_PROCESS.format(pid)).read_text().strip() == WAITS
    except OSError:
        return False


def allocates(values, family, coords, likelihood):
    """Take 2 GiB and keep it until somebody ends this process."""
    kept = np.ones(2048 * MIB // 8)
    sleep(PATIENCE_SECONDS)
    return kept


def leaves(values, family, coords, likelihood):
    """End the process as a crash in compiled code would."""
    os._exit(3)
