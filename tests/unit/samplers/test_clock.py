"""Seconds of a fit, against clocks around slow parts planted inside and outside what they count.

What was planted inside is the least that they can be; the whole less what was planted outside is
the most. No tolerance is needed, however busy the machine is.
"""

import multiprocessing
import os
from time import monotonic, process_time, sleep, thread_time

import nutpie
import pymc as pm
import pytest

from hierbench.records import SamplerSettings
from hierbench.samplers import Source, compile_model, statistics
from hierbench.samplers import nutpie as ours

CHAINS, TUNE, DRAWS = 2, 40, 30
TICKS_CUT = 2 / os.sysconf("SC_CLK_TCK")
"""Each of the two numbers of `os.times` is cut to a tick of the kernel."""

BURNT, WAITED = 0.02, 0.04
INSIDE = {
    "nutpie": ((nutpie, "sample"), (ours, "variables_in")),
    "pymc": ((pm, "sample"), (statistics, "arrays_of")),
}
"""What each sampler calls while the clock runs."""

OUTSIDE = {
    "nutpie": ((pm, "set_data"), (ours, "statistics_in")),
    "pymc": ((pm, "set_data"), (statistics, "renamed")),
}
"""What each calls before and after."""


def settings_of(sampler):
    return SamplerSettings(sampler, DRAWS, TUNE, CHAINS, 0.8, 6)


def burn(seconds):
    """Keep a core busy for that many CPU seconds of this thread."""
    end = thread_time() + seconds
    while thread_time() < end:
        pass


@pytest.fixture(scope="module", params=INSIDE)
def sampler(request):
    return request.param


@pytest.fixture(scope="module")
def compiled(sampler):
    with pm.Model() as model:
        pm.Normal("z", 0.0, 1.0, shape=2)
    return compile_model(Source(model), settings_of(sampler))


def fitted(compiled, sampler, cores=1):
    return compiled.sample({}, settings_of(sampler), seed=1, cores=cores)


class Slow:
    """Makes functions slow, and adds up how long they take and how much of it they burn."""

    def __init__(self, monkeypatch):
        self.monkeypatch = monkeypatch
        self.seconds, self.burnt = 0.0, 0.0

    def plant(self, module, name):
        called = getattr(module, name)

        def slow(*values, **named):
            start = monotonic()
            burn(BURNT)
            sleep(WAITED)
            given = called(*values, **named)
            self.seconds += monotonic() - start
            self.burnt += BURNT
            return given

        self.monkeypatch.setattr(module, name, slow)


def test_sample_seconds_are_from_the_first_step_to_the_variables_in_memory(
    compiled, sampler, monkeypatch
):
    inside, outside = Slow(monkeypatch), Slow(monkeypatch)
    for slow, parts in ((inside, INSIDE), (outside, OUTSIDE)):
        for module, name in parts[sampler]:
            slow.plant(module, name)
    start, before = monotonic(), process_time()
    fit = fitted(compiled, sampler)
    whole, cpu = monotonic() - start, process_time() - before
    assert min(inside.burnt, outside.burnt) >= 2 * BURNT
    assert inside.seconds <= fit.sample_seconds <= whole - outside.seconds
    assert inside.burnt <= fit.sample_cpu_seconds <= cpu - outside.burnt


@pytest.fixture(scope="module")
def scalar():
    """Return a Normal compiled for PyMC."""
    with pm.Model() as model:
        pm.Normal("z", 0.0, 1.0)
    return compile_model(Source(model), settings_of("pymc"))


@pytest.fixture(params=["fork", "forkserver"])
def start_method(request):
    """Start processes as a user's program does, or as in a worker, which a server has forked."""
    before = multiprocessing.get_start_method()
    multiprocessing.set_start_method(request.param, force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("start_method")
def test_sample_cpu_seconds_hold_those_of_chains_in_processes_of_their_own(scalar, monkeypatch):
    """What every step burns there, and at most what `os.times` tells of us and ended children."""
    step = pm.NUTS._hamiltonian_step

    def burning(self, *values):
        burn(0.002)
        return step(self, *values)

    monkeypatch.setattr(pm.NUTS, "_hamiltonian_step", burning)
    before, own = os.times(), process_time()
    fit = fitted(scalar, "pymc", cores=2)
    after, own = os.times(), process_time() - own
    children = sum(after[2:4]) - sum(before[2:4])
    burnt = 0.002 * CHAINS * (TUNE + DRAWS)
    assert children > burnt - TICKS_CUT
    assert burnt <= fit.sample_cpu_seconds <= own + children + TICKS_CUT


def test_tune_and_draw_seconds_are_those_of_the_steps_of_their_phase(scalar, monkeypatch):
    """PyMC's, which alone shows them: the inner part of each step at least, the outer at most."""
    inner, outer = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}

    def plant(name, added, waits):
        step = getattr(pm.NUTS, name)

        def timed(self, *values, **named):
            tuning, start = self.tune, monotonic()
            sleep(waits[tuning])
            given = step(self, *values, **named)
            added[tuning] += monotonic() - start
            return given

        monkeypatch.setattr(pm.NUTS, name, timed)

    plant("_hamiltonian_step", inner, {True: 0.002, False: 0.004})
    plant("astep", outer, {True: 0.0, False: 0.0})
    fit = fitted(scalar, "pymc")
    assert inner[True] <= fit.tune_seconds <= outer[True]
    assert inner[False] <= fit.draw_seconds <= outer[False]
