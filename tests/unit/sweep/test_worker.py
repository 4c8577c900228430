"""What a worker does between two cells."""

import os

from hierbench.process import resident_mib
from hierbench.sweep.worker import give_back_memory

BLOCK = 64_000  # below glibc's own mapping: it stays in the heap
BLOCKS = 2_000


class Circle:
    """Garbage that only the collector finds."""

    def __init__(self):
        self.itself = self
        self.blocks = [bytearray(BLOCK) for _ in range(BLOCKS)]


def test_give_back_memory_leaves_none_of_the_last_cells():
    give_back_memory()  # free memory of other tests would be used before any is asked for
    before = resident_mib(os.getpid())
    garbage = Circle()
    above = [bytearray(BLOCK)]  # lies over the garbage in the heap, and keeps it from shrinking
    grown = resident_mib(os.getpid()) - before
    del garbage
    give_back_memory()
    left = resident_mib(os.getpid()) - before
    assert above
    assert grown > 0.9 * BLOCK * BLOCKS / 2**20
    assert left < 0.2 * grown
