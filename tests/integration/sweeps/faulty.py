"""Forms that go wrong while they are built, each in its way; imported by name in the workers."""

import os
from time import sleep

import numpy as np

MIB = 2**20


def raises(values, family, coords, likelihood):
    """Raise."""
    raise ArithmeticError("no such model")


def sleeps(values, family, coords, likelihood):
    """Sleep past every limit."""
    sleep(60)


def allocates(values, family, coords, likelihood):
    """Take memory bit by bit and keep it."""
    kept = []
    for _ in range(100):
        kept.append(np.ones(100 * MIB // 8))
        sleep(0.1)


def leaves(values, family, coords, likelihood):
    """End the process as a crash in compiled code would."""
    os._exit(3)
