"""Seconds of a fit, against clocks around slow parts planted inside and outside what they count.

What was planted inside is the least that they can be; the whole less what was planted outside is
the most. No tolerance is needed, however busy the machine is.
"""

import os
from time import monotonic, process_time, sleep, thread_time

import nutpie
import pymc as pm
import pytest

from hierbench.records import SamplerSettings
from hierbench.samplers import Source, compile_model, statistics

CHAINS, TUNE, DRAWS = 2, 40, 30
BURNT, WAITED = 0.05, 0.1
SAMPLE = {"nutpie": nutpie, "pymc": pm}
"""The module whose `sample` each sampler calls."""


def settings_of(sampler):
    return SamplerSettings(sampler, DRAWS, TUNE, CHAINS, 0.8, 6)


def burn(seconds):
    """Keep a core busy for that many CPU seconds of this thread."""
    end = thread_time() + seconds
    while thread_time() < end:
        pass


@pytest.fixture(scope="module", params=SAMPLE)
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
    """Makes functions slow, and adds up how long each takes."""

    def __init__(self, monkeypatch):
        self.monkeypatch, self.taken = monkeypatch, {}

    def plant(self, module, name):
        called = getattr(module, name)

        def slow(*values, **named):
            start = monotonic()
            burn(BURNT)
            sleep(WAITED)
            given = called(*values, **named)
            self.taken[name] = self.taken.get(name, 0.0) + monotonic() - start
            return given

        self.monkeypatch.setattr(module, name, slow)


def test_sample_seconds_are_from_the_first_step_to_the_variables_in_memory(
    compiled, sampler, monkeypatch
):
    slow = Slow(monkeypatch)
    for module, name in (
        (pm, "set_data"),
        (SAMPLE[sampler], "sample"),
        (statistics, "arrays_of"),
        (statistics, "renamed"),
    ):
        slow.plant(module, name)
    start, before = monotonic(), process_time()
    fit = fitted(compiled, sampler)
    whole, cpu = monotonic() - start, process_time() - before
    inside = slow.taken["sample"] + slow.taken["arrays_of"]
    outside = slow.taken["set_data"] + slow.taken["renamed"]
    assert inside <= fit.sample_seconds <= whole - outside
    # Inside one `sample` and two `arrays_of` burn, outside one `set_data` and two `renamed`.
    assert 3 * BURNT <= fit.sample_cpu_seconds <= cpu - 3 * BURNT


def test_sample_cpu_seconds_hold_those_of_chains_in_processes_of_their_own(monkeypatch):
    """What every step burns there, and at most what `os.times` tells of us and ended children."""
    with pm.Model() as model:
        pm.Normal("z", 0.0, 1.0)
    compiled = compile_model(Source(model), settings_of("pymc"))
    step = pm.NUTS._hamiltonian_step

    def burning(self, *values):
        burn(0.002)
        return step(self, *values)

    monkeypatch.setattr(pm.NUTS, "_hamiltonian_step", burning)
    before, own = os.times(), process_time()
    fit = fitted(compiled, "pymc", cores=2)
    after, own = os.times(), process_time() - own
    children = sum(after[2:4]) - sum(before[2:4])
    burnt = 0.002 * CHAINS * (TUNE + DRAWS)
    assert children > burnt
    assert burnt <= fit.sample_cpu_seconds <= own + children + 0.02


def test_tune_and_draw_seconds_are_those_of_the_steps_of_their_phase(monkeypatch):
    """PyMC's, which alone shows them: the inner part of each step at least, the outer at most."""
    with pm.Model() as model:
        pm.Normal("z", 0.0, 1.0)
    compiled = compile_model(Source(model), settings_of("pymc"))
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
    fit = fitted(compiled, "pymc")
    assert inner[True] <= fit.tune_seconds <= outer[True]
    assert inner[False] <= fit.draw_seconds <= outer[False]
