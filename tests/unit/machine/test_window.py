"""What else a process's cores did, by hand and with work planted beside."""

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from time import perf_counter, process_time, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from hierbench.machine import Watch, cpu, timing_reasons, window
from hierbench.machine.cpu import Reading
from hierbench.machine.window import thread_pools, window_between
from tests.load import PER_SECOND, idle_seconds, seconds_of
from tests.waiting import until

START = Reading(100.0, 7.0, (0, 1), 50.0, 3.0, 2.0)
END = Reading(110.0, 12.0, (0, 1), 58.0, 4.0, 2.5)
SECONDS = st.floats(0, 1e6)
PLANTED_SECONDS = 0.3
TICKS_CUT = 5 / PER_SECOND
"""The most that is lost where five numbers are each cut to a tick of the kernel."""


@contextmanager
def pinned(core):
    """Bind this process to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


SPINNING = """
import os
from time import process_time, sleep
os.sched_setaffinity(0, {{{core}}})
print(flush=True)
while True:
    end = process_time() + 0.1
    while process_time() < end:
        pass
    sleep({rest})
"""


@contextmanager
def busy(core, rest):
    """Keep `core` busy from another process, which rests after each 0.1 s; give its id."""
    program = SPINNING.format(core=core, rest=rest)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_window_by_hand():
    """Of 20 core-seconds 8 were idle, 1 stolen and 5 our own."""
    found = window_between(START, END, {}, ())
    assert (found.seconds, found.core_seconds) == (10.0, 20.0)
    assert (found.foreign_cpu_seconds, found.steal_seconds) == (6.0, 1.0)
    assert found.throttled_seconds == 0.5
    assert found.metrics == {"foreign_cpu_share": 0.3, "steal_share": 0.05}


@given(SECONDS, SECONDS, SECONDS)
def test_window_shares_are_never_below_zero(own, idle, steal):
    end = replace(END, own_cpu_seconds=own, idle_seconds=idle, steal_seconds=steal)
    assert min(window_between(START, end, {}, ()).metrics.values()) >= 0


@given(SECONDS, st.floats(0, 10))
def test_window_lays_what_is_not_ours_on_others(start, foreign):
    """Cores that are never idle work for us or for others."""
    first = replace(START, own_cpu_seconds=start)
    last = replace(first, wall_seconds=110.0, own_cpu_seconds=start + 20 - foreign)
    found = window_between(first, last, {}, ()).foreign_cpu_seconds
    assert found == pytest.approx(foreign, abs=1e-6)


@pytest.mark.parametrize("name", ["idle_seconds", "steal_seconds"])
def test_window_of_unknown_times_has_no_foreign_cpu(name):
    found = window_between(START, replace(END, **{name: None}), {}, ())
    assert found.foreign_cpu_seconds is None
    assert "foreign_cpu_share" not in found.metrics


def watched(core, pid, *, works):
    """Watch `core` until `pid` has worked for a while; return what was seen, least and most.

    This process works on that core or sleeps meanwhile. The least that others did there is what
    `pid` did inside the watch. The most is the wall time outside of the watch less what this
    process did and the core was idle inside.
    """
    start = perf_counter()
    with Watch() as watch:
        before = seconds_of(pid), process_time(), idle_seconds(core)
        until(
            lambda: worked(works) and seconds_of(pid) - before[0] >= PLANTED_SECONDS,
            f"process {pid} to work {PLANTED_SECONDS} s on core {core}",
        )
        inside = seconds_of(pid), process_time(), idle_seconds(core)
    wall = perf_counter() - start
    planted, own, idle = (after - first for first, after in zip(before, inside, strict=True))
    return watch.window(), planted, wall - own - idle


def worked(works):
    """Work for 10 ms of CPU time where `works`; return True."""
    end = process_time() + 0.01
    while works and process_time() < end:
        pass
    return True


@pytest.mark.parametrize(("works", "rest"), [(True, 0), (False, 0), (False, 0.1)])
def test_foreign_cpu_share_is_what_other_processes_worked_on_the_core(works, rest):
    """By the kernel's clocks of the planted process, of this one and of the idle core.

    Some of these are cut to ticks. What a host steals from a process counts as the process's own.
    """
    core = min(os.sched_getaffinity(0))
    with pinned(core), busy(core, rest) as pid:
        found, least, most = watched(core, pid, works=works)
    assert found.cores == (core,)
    foreign = found.metrics["foreign_cpu_share"] * found.seconds
    assert least - TICKS_CUT <= foreign + found.steal_seconds
    assert foreign <= most + TICKS_CUT
    assert any(reason.startswith("foreign CPU") for reason in timing_reasons(found, ()))


def test_foreign_cpu_share_does_not_hold_our_own_threads_and_children():
    """What this process, a thread of it and a child that ends work is none of others'."""
    core = min(os.sched_getaffinity(0))
    burn = f"from time import process_time as t\nwhile t() < {PLANTED_SECONDS}: pass"
    with pinned(core):
        start = perf_counter()
        with Watch() as watch:
            before = cpu_seconds_told()
            thread = Thread(target=exec, args=(burn.replace("process_time", "thread_time"),))
            thread.start()
            subprocess.run([sys.executable, "-c", burn], check=True)
            thread.join()
            own = cpu_seconds_told() - before
        wall = perf_counter() - start
    assert own >= 2 * PLANTED_SECONDS - TICKS_CUT
    assert watch.window().foreign_cpu_seconds <= wall - own + TICKS_CUT


def cpu_seconds_told():
    """Return the CPU seconds of this process and its ended children, as `os.times` tells them."""
    return sum(os.times()[:4])


def stat_of(ticks):
    """Return a /proc/stat of idle cores that were robbed of some ticks each, by core."""
    lines = [f"cpu{core} 100 0 50 9000 10 0 0 {stolen} 0 0" for core, stolen in ticks.items()]
    return "\n".join(["cpu  0 0 0 0 0 0 0 0 0 0", *lines, ""])


def test_steal_share_is_what_the_planted_kernel_says(tmp_path, monkeypatch):
    """Of the cores that this process may use, and of no other."""
    stat, cores = tmp_path / "stat", sorted(os.sched_getaffinity(0))
    before = dict.fromkeys([*cores, 999], 40)
    after = {core: 40 + 5 + place for place, core in enumerate(cores)} | {999: 4000}
    stat.write_text(stat_of(before))
    monkeypatch.setattr(cpu, "STAT", stat)
    start = perf_counter()
    with Watch() as watch:
        inner = perf_counter()
        sleep(0.2)
        inner = perf_counter() - inner
        stat.write_text(stat_of(after))
    outer = perf_counter() - start
    stolen = sum(after[core] - before[core] for core in cores) / PER_SECOND
    share = watch.window().metrics["steal_share"]
    assert stolen / outer / len(cores) <= share <= stolen / inner / len(cores)


def test_watch_sees_another_cell_on_its_core(tmp_path, monkeypatch):
    monkeypatch.setattr(window, "meeting_place", lambda: tmp_path)
    with Watch() as outer, Watch() as inner:
        pass
    assert outer.window().met == inner.window().met == (str(os.getpid()),)


def test_watch_leaves_its_seat_when_a_cell_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(window, "meeting_place", lambda: tmp_path)
    with pytest.raises(ValueError, match="planted"), Watch():
        raise ValueError("planted")
    assert list(tmp_path.iterdir()) == []


def test_watch_without_a_place_to_meet_knows_of_no_other_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(window, "meeting_place", lambda: tmp_path / "a" / "b")
    with Watch() as watch:
        pass
    assert watch.window().met is None


def test_watch_that_is_driven_off_its_seat_does_not_know_whom_it_met(tmp_path, monkeypatch):
    monkeypatch.setattr(window, "meeting_place", lambda: tmp_path)
    with Watch() as watch:
        next(tmp_path.iterdir()).unlink()
    assert watch.window().met is None


def test_thread_pools_are_read_from_the_libraries():
    with threadpool_limits(2, user_api="blas"):
        assert thread_pools()["openblas"] == 2
    with threadpool_limits(1, user_api="blas"):
        assert thread_pools()["openblas"] == 1


def test_thread_pools_have_one_thread_as_the_program_sets_them():
    assert set(thread_pools().values()) == {1}
    assert "numba" in thread_pools()
