"""The kernel's clocks, against what the standard library and the kernel say elsewhere."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.machine import cpu
from hierbench.machine.cpu import core_seconds, cores_of_this_process, read_cpu

TICKS = st.integers(0, 2**40)
COLUMNS = st.lists(TICKS, min_size=10, max_size=10)
PER_SECOND = os.sysconf("SC_CLK_TCK")


def stat(columns):
    """Return a /proc/stat of these columns by core."""
    lines = [f"cpu{core} {' '.join(map(str, ticks))}" for core, ticks in columns.items()]
    return "\n".join(["cpu  1 2 3 4 5 6 7 8 9 10", *lines, "intr 5 0", "ctxt 7"])


@given(st.dictionaries(st.integers(0, 300), COLUMNS, min_size=1, max_size=5))
def test_core_seconds_are_the_sums_of_the_cores(columns):
    idle = sum(ticks[3] + ticks[4] for ticks in columns.values())
    steal = sum(ticks[7] for ticks in columns.values())
    expected = (idle / PER_SECOND, steal / PER_SECOND)
    assert core_seconds(stat(columns), list(columns)) == expected


@given(COLUMNS, COLUMNS)
def test_core_seconds_pass_over_other_cores(first, second):
    text = stat({1: first, 11: second})
    assert core_seconds(text, [1]) == core_seconds(stat({1: first}), [1])


@pytest.mark.parametrize("text", ["", "cpu0 1 2 3", stat({1: [1] * 10})])
def test_core_seconds_of_a_core_that_is_not_there_are_not_known(text):
    assert core_seconds(text, [0]) is None


@pytest.mark.parametrize("path", ["/nowhere/stat", "/proc"])
def test_reading_without_proc_stat_knows_no_idle_time(path, monkeypatch):
    """A folder of /proc stands for a file that a container has mounted over the kernel's own."""
    monkeypatch.setattr(cpu, "STAT", Path(path))
    reading = read_cpu()
    assert (reading.idle_seconds, reading.steal_seconds) == (None, None)
    assert reading.wall_seconds > 0


def test_cores_are_those_that_the_kernel_allows():
    [line] = [
        line.split()[1]
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("Cpus_allowed_list")
    ]
    ranges = [tuple(map(int, part.split("-"))) for part in line.split(",")]
    expected = [core for part in ranges for core in range(part[0], part[-1] + 1)]
    assert cores_of_this_process() == tuple(expected)
