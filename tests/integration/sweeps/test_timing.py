"""Clocks and timing of real sweeps: alone on its cores a cell's seconds count, else they do not."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import pytest

from hierbench.machine.timing import SHARE_BOUND
from hierbench.records import RunStatus
from hierbench.tracking import TrackedRun, cells_of, latest_sweep, locate, open_store
from tests.integration.sweeps.sweeping import opened, plan_of
from tests.load import Others, becomes_quiet

CLOCKS = {
    "build_seconds",
    "compile_seconds",
    "cpu_seconds",
    "diagnose_seconds",
    "elapsed_seconds",
    "foreign_cpu_share",
    "machine_speed",
    "peak_rss_mib",
    "sample_cpu_seconds",
    "sample_seconds",
    "steal_share",
    "store_seconds",
}
PARTS = ("build", "compile", "sample", "diagnose")
LONGER = {"draws": 1000, "tune": 1000, "chains": 2}
OF_THE_SWEEP = ("could use the cores", "another worker", "changed", "threads in")
"""Words of the reasons that the sweep itself gives, whatever else the machine does."""

QUIET = 0.4 * SHARE_BOUND
"""Of the cores' time: the kernel counts a look in ticks, and works a little itself."""

CORES = sorted(os.sched_getaffinity(0))
two_cores = pytest.mark.skipif(len(CORES) < 2, reason="needs two cores")


@pytest.fixture(scope="module")
def swept(calm):
    """The cells of an undisturbed sweep, as the store has them."""
    return cells_of(calm.store, calm.sweep_id)


def test_cells_have_every_clock(swept):
    assert [CLOCKS - set(cell.metrics) for cell in swept] == [set()] * 4


def test_clocks_of_a_cell_fit_into_it(swept):
    for cell in swept:
        metrics = cell.metrics
        assert sum(metrics[f"{part}_seconds"] for part in PARTS) < metrics["elapsed_seconds"]
        assert metrics["sample_cpu_seconds"] <= metrics["cpu_seconds"]
        assert 0 <= metrics["foreign_cpu_share"] <= 1


def test_run_lasts_as_long_as_its_parts_and_lies_within_its_sweep(calm, swept):
    """By MLflow's own start and end of each, which are cut to milliseconds."""
    outer = calm.store.client.get_run(calm.sweep_id).info
    for cell in swept:
        info = calm.store.client.get_run(cell.run_id).info
        assert outer.start_time <= info.start_time <= info.end_time <= outer.end_time
        inside = sum(cell.metrics[f"{part}_seconds"] for part in PARTS)
        assert inside <= (info.end_time + 1 - info.start_time) / 1000


def test_peak_is_of_a_process_that_holds_the_libraries(swept):
    assert all(150 < cell.metrics["peak_rss_mib"] < 5000 for cell in swept)


def test_cells_say_whether_their_seconds_count(swept):
    for cell in swept:
        valid, reasons = cell.tags["timing_valid"], cell.tags["timing_reasons"]
        assert (valid == "true") == (reasons == "")
        assert valid in ("true", "false")


def test_workers_do_not_disturb_each_other(swept):
    """Other work on the machine may: only what this sweep is the reason of is looked at."""
    reasons = " ".join(cell.tags["timing_reasons"] for cell in swept)
    assert [words for words in OF_THE_SWEEP if words in reasons] == []
    assert [pid for pid in processes(swept) if f"of process {pid} " in reasons] == []


@pytest.mark.slow
def test_workers_that_share_cores_do(store):
    """Two workers on one core, whichever of them runs a cell."""
    with bound_to(CORES[:1]):
        outcome = opened(plan_of(2, workers=2), store).finish()
    assert [cell.tags["timing_valid"] for cell in outcome.results] == ["false"] * 2
    assert all("another worker" in cell.tags["timing_reasons"] for cell in outcome.results)


@contextmanager
def bound_to(cores):
    """Let this process use these cores alone."""
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def processes(cells) -> set[str]:
    """Return the ids of the workers that ran `cells`."""
    return {cell.tags["process"].split("/")[2] for cell in cells}


@dataclass(frozen=True)
class Sampled:
    """When a cell was surely being sampled, in seconds since 1970."""

    cell: TrackedRun
    start: float
    end: float

    def meets(self, other: "Sampled") -> bool:
        """Return whether both were sampled at one moment."""
        return max(self.start, other.start) < min(self.end, other.end)


def surely_sampled(cell: TrackedRun) -> Sampled:
    """Return the time that no order of a cell's parts can put anything but sampling into."""
    metrics = cell.metrics
    before = metrics["build_seconds"] + metrics["compile_seconds"]
    around = metrics["elapsed_seconds"] - metrics["sample_seconds"] - metrics["diagnose_seconds"]
    earliest = cell.started_seconds + before
    return Sampled(cell, cell.started_seconds + around, earliest + metrics["sample_seconds"])


def cells_below(folder) -> list[TrackedRun]:
    """Return the cells of the one sweep whose store is in `folder`."""
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder), create=False)
    return cells_of(store, latest_sweep(store).run_id)


def two_sweeps(programs, tmp_path, workers: int) -> list[list[TrackedRun]]:
    """Run two sweeps at once, and return the cells of each."""
    folders = [tmp_path / "one", tmp_path / "two"]
    words = ["sweep", "data=berlin_like", "data.rows=600", "data.groups=20", "plots=none"]
    words += ["seed=1,2,3,4,5", "gate=none", "--workers", str(workers)]
    started = [programs(*words, folder=folder) for folder in folders]
    assert [program.wait() for program in started] == [0, 0]
    return [cells_below(folder) for folder in folders]


@pytest.mark.slow
def test_two_sweeps_at_once_disturb_each_other(tmp_path, programs):
    """With one worker each, whatever is sampled at one moment shares its cores."""
    one, two = two_sweeps(programs, tmp_path, workers=1)
    overlapped = {
        sampled.cell.run_id: sampled.cell
        for pair in product(map(surely_sampled, one), map(surely_sampled, two))
        for sampled in pair
        if pair[0].meets(pair[1])
    }
    assert len(overlapped) >= 2
    assert {cell.tags["timing_valid"] for cell in overlapped.values()} == {"false"}
    assert all("of process" in cell.tags["timing_reasons"] for cell in overlapped.values())


@pytest.mark.slow
@two_cores
def test_pinned_workers_are_disturbed_by_those_of_another_sweep_alone(tmp_path, programs):
    one, two = two_sweeps(programs, tmp_path, workers=2)
    for own, others in ((one, two), (two, one)):
        reasons = " ".join(cell.tags["timing_reasons"] for cell in own)
        assert [pid for pid in processes(others) if f"of process {pid} " in reasons]
        assert [pid for pid in processes(own) if f"of process {pid} " in reasons] == []
        assert [words for words in OF_THE_SWEEP if words in reasons] == []


@pytest.mark.slow
@two_cores
def test_two_pinned_workers_of_one_sweep_stay_valid(store):
    """On a machine that does nothing else, which the tests' fork server needs seconds to leave.

    Whether it does is asked of the kernel and not of hierbench: what it calls foreign is tested.
    """
    if not becomes_quiet(CORES, QUIET, within=60):
        pytest.skip("other work ran on this machine for a minute")
    with Others(CORES) as others:
        outcome = opened(plan_of(8, workers=2, sampler=LONGER), store).finish()
    reasons = [cell.tags["timing_reasons"] for cell in outcome.results]
    assert {cell.status for cell in outcome.results} == {RunStatus.FINISHED}
    if any(reasons) and others.share > QUIET:
        pytest.skip(f"other work began on this machine: {others.share:.1%} of its cores' time")
    assert reasons == [""] * 8
