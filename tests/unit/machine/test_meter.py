"""Memory and CPU time of a cell, against planted work and the standard library's figures."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from hierbench.machine import Meter, meter
from hierbench.machine.meter import peak_rss_mib
from hierbench.process import cpu_seconds

PLANTED_MIB = 200
WITH_CHILDREN = """
import os, resource
from hierbench.machine import Meter
def child(mib):
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        planted = b"1" * (mib * 2**20)
        os.write(into, str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return float(os.read(out, 100))
for mib in (150, 300, 10):
    meter = Meter.start()
    alone = meter.read()["peak_rss_mib"]
    print(alone, child(mib), meter.read()["peak_rss_mib"])
"""


def plant(mib):
    """Take and give back memory that is really written."""
    np.ones(mib * 2**20 // 8)


def test_peak_is_that_of_a_planted_allocation():
    started = Meter.start()
    before = peak_rss_mib()
    plant(PLANTED_MIB)
    assert started.read()["peak_rss_mib"] - before == pytest.approx(PLANTED_MIB, abs=10)


def test_peak_is_what_the_standard_library_says():
    started = Meter.start()
    plant(PLANTED_MIB)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    now = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    peak = started.read()["peak_rss_mib"]
    # The process's own figure never falls: it holds the peak of its whole life.
    assert now + PLANTED_MIB - 10 < peak
    assert peak <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + 1


def test_peak_is_of_the_cell_and_not_of_the_process():
    first = Meter.start()
    plant(PLANTED_MIB)
    high = first.read()["peak_rss_mib"]
    assert Meter.start().read()["peak_rss_mib"] < high - PLANTED_MIB / 2


def test_peak_takes_in_the_largest_child():
    done = subprocess.run(
        [sys.executable, "-c", WITH_CHILDREN], capture_output=True, text=True, check=True
    )
    found = [tuple(map(float, line.split())) for line in done.stdout.splitlines()]
    assert [child > alone for alone, child, _ in found] == [True, True, False]
    assert [peak for *_, peak in found] == pytest.approx([max(of[:2]) for of in found], abs=2)


def test_peak_is_left_out_where_it_cannot_be_set_back(monkeypatch):
    monkeypatch.setattr(meter, "CLEAR", Path("/nowhere/clear_refs"))
    assert set(Meter.start().read()) == {"elapsed_seconds", "cpu_seconds"}


def test_seconds_lie_between_clocks_inside_and_outside_of_the_meter():
    """CPU seconds of this process and its ended children, and wall seconds."""
    outer = cpu_seconds(), perf_counter()
    started = Meter.start()
    inner = cpu_seconds(), perf_counter()
    while cpu_seconds() < inner[0] + 0.05:
        pass
    inside = np.subtract((cpu_seconds(), perf_counter()), inner)
    found = started.read()
    outside = np.subtract((cpu_seconds(), perf_counter()), outer)
    read = [found["cpu_seconds"], found["elapsed_seconds"]]
    assert (inside <= read).all()
    assert (read <= outside).all()


def test_cpu_seconds_do_not_hold_what_was_waited(monkeypatch):
    """By planted clocks: 5 s of wall time, of which 2 s were worked."""
    monkeypatch.setattr(meter, "perf_counter", iter([100.0, 105.0]).__next__)
    monkeypatch.setattr(meter, "cpu_seconds", iter([7.0, 9.0]).__next__)
    found = Meter.start().read()
    assert (found["elapsed_seconds"], found["cpu_seconds"]) == (5.0, 2.0)
