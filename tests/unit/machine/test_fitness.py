"""Judgments on planted machines."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.machine import Window
from hierbench.machine.fitness import Status, findings_of, is_fit
from hierbench.machine.readings import Folder, KeptModels, Processor, Readings, StoreReading

WINDOW = Window(1.0, (0, 1), (0, 1), 0.01, 0.0, 0.0, {"numba": 1, "openblas": 1}, ())
PROCESSOR = Processor((0, 1), 4, None, (), ("performance",), False)
DISK = Folder("/data/runs", True, 100.0, 50_000.0)
NAMES = ("python", "pymc", "pytensor", "nutpie", "numba", "numpy", "arviz", "mlflow")
FIT = Readings(
    versions={**dict.fromkeys(NAMES, "1.0"), "jax": None},
    flags={"numba__fastmath": "False", "numba__cache": "True"},
    processor=PROCESSOR,
    load=0.1,
    window=WINDOW,
    speeds=(1000.0, 1010.0, 1005.0),
    cells=(),
    cache=Folder("/cache", True, 20.0, 50_000.0),
    kept=KeptModels(3, 4.0, ""),
    store=StoreReading("sqlite:////data/runs/mlflow.db", "answers", "", DISK),
    available_mib=8000.0,
    peak_can_be_reset=True,
)


def changed(part, **changes):
    """Return the fit machine with one part changed."""
    return replace(FIT, **{part: replace(getattr(FIT, part), **changes)})


def finding(readings, name):
    """Return what is said of one part."""
    [found] = [found for found in findings_of(readings) if found.name == name]
    return found


def test_fit_machine_is_fit_in_every_part():
    assert {found.status for found in findings_of(FIT)} == {Status.OK}
    assert is_fit(findings_of(FIT))


BAD = [
    (replace(FIT, versions={**FIT.versions, "nutpie": None}), "versions", "install nutpie"),
    (changed("window", pools={"openblas": 4, "numba": 1}), "threads", "more than one thread"),
    (
        replace(FIT, flags={"numba__fastmath": "True", "numba__cache": "True"}),
        "pytensor flags",
        "numba__fastmath=False or numba__cache=False",
    ),
    (changed("processor", quota_cores=1.5), "cores", "`taskset -c 0`"),
    (changed("window", foreign_cpu_seconds=0.2), "load", "taskset"),
    (changed("window", steal_seconds=0.2), "load", "quieter host"),
    (changed("window", foreign_cpu_seconds=None), "load", "taskset"),
    (replace(FIT, cells=("77",)), "load", "wait"),
    (replace(FIT, speeds=(1000.0, 1300.0, 1000.0)), "pace", "seeds"),
    (replace(FIT, available_mib=900.0), "memory", "1536 MiB"),
    (changed("cache", writable=False), "cache", "XDG_CACHE_HOME"),
    (changed("kept", problem="make it yours"), "cache", "make it yours"),
    (changed("store", problem="no answer; start the server"), "store", "start the server"),
    (changed("store", disk=replace(DISK, free_mib=500.0)), "disk", "another disk"),
    (changed("store", disk=replace(DISK, writable=False)), "disk", "choose another folder"),
]


@pytest.mark.parametrize(("readings", "name", "advice"), BAD)
def test_machine_with_a_bad_part_is_not_fit_and_says_what_to_do(readings, name, advice):
    found = finding(readings, name)
    assert found.status is Status.BAD
    assert advice in found.advice
    assert not is_fit(findings_of(readings))


@pytest.mark.parametrize(
    ("readings", "name", "advice"),
    [
        (
            replace(FIT, flags={"numba__fastmath": "True", "numba__cache": "False"}),
            "pytensor flags",
            "same flags alone",
        ),
        (changed("processor", siblings=((0, 1),)), "cores", "`taskset -c 0`"),
        (changed("processor", governors=("powersave",)), "frequency", "frequency-set"),
        (changed("processor", turbo=True), "frequency", "turbo"),
        (replace(FIT, speeds=(1000.0, 1100.0, 1000.0)), "pace", "gradients"),
        (replace(FIT, available_mib=2000.0), "memory", "--workers 1"),
        (replace(FIT, available_mib=None), "memory", "peak_rss_mib"),
        (replace(FIT, peak_can_be_reset=False), "peak memory", "clear_refs"),
        (changed("store", disk=replace(DISK, free_mib=3000.0)), "disk", "21 MiB"),
    ],
)
def test_machine_with_a_doubt_is_fit_and_says_what_to_do(readings, name, advice):
    found = finding(readings, name)
    assert found.status is Status.WARNING
    assert advice in found.advice
    assert is_fit(findings_of(readings))


def test_machine_that_hides_its_frequency_is_fit():
    found = finding(changed("processor", governors=(), turbo=None), "frequency")
    assert (found.status, found.advice) == (Status.OK, "")


@given(st.floats(0, 1), st.floats(0, 1))
def test_load_is_judged_as_the_cells_are(foreign, steal):
    """The bound of `timing_valid`, 5 % of two cores for one second."""
    found = finding(changed("window", foreign_cpu_seconds=foreign, steal_seconds=steal), "load")
    assert (found.status is Status.BAD) == (max(foreign, steal) > 0.1)


@given(st.lists(st.floats(900, 1300), min_size=2, max_size=10))
def test_pace_is_judged_by_its_range(speeds):
    spread = max(speeds) - min(speeds)
    status = finding(replace(FIT, speeds=tuple(speeds)), "pace").status
    if spread > 0.2 * max(speeds):
        assert status is Status.BAD
    if spread <= 0.05 * min(speeds):
        assert status is Status.OK


@pytest.mark.parametrize("readings", [FIT, *(readings for readings, *_ in BAD)])
def test_only_what_is_not_ok_asks_for_something(readings):
    for found in findings_of(readings):
        assert bool(found.advice) == (found.status is not Status.OK)
