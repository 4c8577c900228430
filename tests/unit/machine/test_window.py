"""What else a process's cores did, by hand and with work planted beside."""

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from hierbench.machine import Watch, timing_reasons, window
from hierbench.machine.cpu import Reading
from hierbench.machine.window import thread_pools, window_between

START = Reading(100.0, 7.0, (0, 1), 50.0, 3.0, 2.0)
END = Reading(110.0, 12.0, (0, 1), 58.0, 4.0, 2.5)
SECONDS = st.floats(0, 1e6)


@contextmanager
def pinned(core):
    """Bind this process to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def busy(core):
    """Keep `core` busy from another process."""
    program = f"import os\nos.sched_setaffinity(0, {{{core}}})\nprint(flush=True)\nwhile 1: pass"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        try:
            yield
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


def test_watch_sees_work_planted_on_its_core():
    core = min(os.sched_getaffinity(0))
    with pinned(core), busy(core):
        with Watch() as watch:
            end = perf_counter() + 0.4
            while perf_counter() < end:
                pass
        found = watch.window()
    assert found.cores == (core,)
    assert found.metrics["foreign_cpu_share"] > 0.3
    assert any(reason.startswith("foreign CPU") for reason in timing_reasons(found, ()))


def test_watch_sees_another_cell_on_its_core(tmp_path, monkeypatch):
    monkeypatch.setattr(window, "meeting_place", lambda: tmp_path)
    with Watch() as outer, Watch() as inner:
        sleep(0.01)
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
