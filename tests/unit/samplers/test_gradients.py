"""Gradients against a hand count: the log density, wrapped, counts its own evaluations."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from nutpie.compiled_pyfunc import from_pyfunc
from pymc.model.core import ValueGradFunction
from pymc.step_methods.hmc.integration import CpuLeapfrogIntegrator

from hierbench.records import SamplerSettings
from hierbench.samplers import Source, compile_model
from hierbench.samplers.nutpie import Compiled
from tests.extras import needed

SD = np.geomspace(0.1, 10, 5)
CHAINS, TUNE, DRAWS = 2, 60, 40


def settings(name, tune=TUNE, adaptation="diag"):
    return SamplerSettings(name, DRAWS, tune, CHAINS, 0.8, 6, adaptation)


def normal():
    with pm.Model() as model:
        pm.Normal("z", 0.0, SD)
    return model


def sampled(compiled, name, **changes):
    return compiled.sample({}, settings(name, **changes), seed=1, cores=1)


class Counted:
    """Counts the calls of a function, and passes everything else on."""

    def __init__(self, function, calls):
        self.function, self.calls = function, calls

    def __call__(self, *args, **kwargs):
        self.calls.append(1)
        return self.function(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.function, name)


@pytest.fixture(scope="module")
def pymc():
    return compile_model(Source(normal()), settings("pymc"))


def test_pymc_gradients_are_all_that_were_evaluated(pymc, monkeypatch):
    starts, steps = [], []
    built, called = CpuLeapfrogIntegrator.__init__, ValueGradFunction.__call__

    def wrap(self, *args, **kwargs):
        built(self, *args, **kwargs)
        self._logp_dlogp_func = Counted(self._logp_dlogp_func, steps)

    monkeypatch.setattr(CpuLeapfrogIntegrator, "__init__", wrap)
    monkeypatch.setattr(
        ValueGradFunction,
        "__call__",
        lambda self, *args, **kwargs: (starts.append(1), called(self, *args, **kwargs))[1],
    )
    fit = sampled(pymc, "pymc")
    assert (len(starts), fit.gradients_tune + fit.gradients_draw) == (
        CHAINS,
        len(starts) + len(steps),
    )


def test_pymc_seconds_are_those_of_all_steps(pymc):
    fit = sampled(pymc, "pymc")
    assert 0 < fit.tune_seconds + fit.draw_seconds < fit.sample_seconds


@pytest.mark.parametrize("adaptation", ["diag", "low_rank"])
@pytest.mark.parametrize("tune", [60, 300])
def test_nutpie_gradients_are_all_but_the_doublings_of_the_first_step(adaptation, tune):
    """A leapfrog step each, and at most 12 more a chain, in some 1000 of a usual warm-up."""
    calls = []
    counted = Compiled(pm.Model(), nutpie_functions(calls))
    fit = sampled(counted, "nutpie", tune=tune, adaptation=adaptation)
    untold = len(calls) - fit.gradients_tune - fit.gradients_draw
    assert 0 <= untold <= 12 * CHAINS


def nutpie_functions(calls):
    """Return the density of `normal` for nutpie, in Python."""

    def density():
        return Counted(lambda z: (-0.5 * np.sum((z / SD) ** 2), -z / SD**2), calls)

    def expand(*_):
        return lambda z, **_: {"z": np.asarray(z)}

    return from_pyfunc(len(SD), density, expand, [np.dtype("float64")], [SD.shape], ["z"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numpyro", "blackjax"])
def test_jax_gradients_are_all_that_were_evaluated(name):
    jax = needed("jax")
    calls = []

    def counted(*inputs):
        jax.debug.callback(lambda: calls.append(1))
        return uncounted(*inputs)

    uncounted = (compiled := compile_model(Source(normal()), settings(name))).log_density
    counting = replace(compiled, log_density=counted, programs={})
    counting.prepare(settings(name))
    calls.clear()
    fit = sampled(counting, name)
    jax.effects_barrier()
    # Each chain's start is first looked at without its gradient.
    assert fit.gradients_tune + fit.gradients_draw == len(calls) - CHAINS


STAN = """
transformed data { vector[5] sd = [0.1, 0.3, 1, 3, 10]'; }
parameters { vector[5] z; }
model { print("evaluated"); target += normal_lpdf(z | 0, sd); }
"""


@pytest.mark.parametrize(("tune", "searches"), [(60, 2), (300, 4)])
def test_stan_gradients_are_all_but_its_searches_for_a_step_size(tune, searches, capfd):
    """A program that prints in its model block; a search takes 4 evaluations or more.

    Stan searches before the warm-up and after each of its windows.
    """
    needed("stanli")
    compiled = compile_model(Source(pm.Model(), STAN), settings("stan"))

    fit = sampled(compiled, "stan", tune=tune)
    evaluated = capfd.readouterr().out.count("evaluated")
    untold = evaluated - fit.gradients_tune - fit.gradients_draw
    assert 4 * searches * CHAINS <= untold <= 16 * searches * CHAINS
