"""Every sampler's fits give the metrics that the contract requires, by one code path."""

from dataclasses import replace
from math import isfinite

import numpy as np
import pymc as pm
import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import diagnose
from hierbench.metrics import METRICS, Absence, Of, names_of
from hierbench.models.homes import MODEL
from hierbench.models.homes.forms import FORMS
from hierbench.records import Axes, Reference, SamplerSettings
from hierbench.samplers import SAMPLERS
from tests.contract.test_samplers import CHAINS, DRAWS, TABLE, TUNE, compiled, values
from tests.extras import LIBRARIES, away
from tests.required import required

PER_SAMPLER = {Absence.STATISTIC, Absence.GRADIENTS, Absence.PHASES, Absence.COMPILES}


def marked(sampler):
    """Return the sampler as a parameter: slow where it is an extra, skipped where that is away."""
    if sampler not in LIBRARIES:
        return sampler
    reason = away(LIBRARIES[sampler])
    missing = pytest.mark.skipif(bool(reason), reason=reason)
    return pytest.param(sampler, marks=[pytest.mark.slow, missing])


@pytest.fixture(scope="module", params=[marked(sampler) for sampler in SAMPLERS])
def sampler(request):
    return request.param


@pytest.fixture(scope="module")
def fit(sampler):
    settings = SamplerSettings(sampler, DRAWS, TUNE, CHAINS, 0.8, 10)
    return compiled(sampler, "centered").sample(values("centered"), settings, seed=1, cores=1)


def diagnosed(fit, **known):
    axes = Axes(FORMS["centered"].dims, TABLE.coords)
    necks = [neck.scale for neck in MODEL.necks]
    return diagnose(fit, blocks=MODEL.blocks, necks=necks, axes=axes, gate=GateConfig(), **known)


def diverging(fit, share):
    """Return the fit with that share of its draws divergent."""
    count = round(share * CHAINS * DRAWS)
    flags = (np.arange(CHAINS * DRAWS) < count).reshape(CHAINS, DRAWS)
    return replace(fit, sample_stats={**fit.sample_stats, "diverging": flags})


def reference_of(fit):
    """Return a reference of the fit's own estimands."""
    zeros = {name: np.zeros(value.shape[2:]) for name, value in fit.posterior.items()}
    ones = {name: np.ones(value.shape[2:]) for name, value in fit.posterior.items()}
    return Reference("own", mean=zeros, sd=ones, mcse_mean=ones, mcse_sd=ones)


@pytest.mark.parametrize("diverged", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_metrics_are_those_required(known, diverged, fit, sampler):
    """No fewer: a statistic was lost; no more: the table does not know one."""
    one = diverging(fit, 0.1 if diverged else 0.0)
    about = {"truth": {"sigma": np.array(0.5)}, "reference": reference_of(one)} if known else {}
    found = diagnosed(one, **about).metrics
    facts = {"diverged": diverged, "truth": known, "reference": known}
    assert set(found) == required(names_of(Of.FIT), sampler=sampler, variant="independent", **facts)
    assert [name for name, value in found.items() if not isfinite(value)] == []


def test_gradients_are_at_least_the_steps(fit):
    """A leapfrog step takes one; starting a trajectory or a chain may take more."""
    assert fit.gradients_draw >= fit.sample_stats["n_steps"].sum()
    assert fit.gradients_tune >= fit.warmup_sample_stats["n_steps"].sum()


def test_step_sizes_of_pymc_are_those_that_its_trajectories_took(monkeypatch):
    """PyMC's own statistic is the size that the warm-up would try next, which no draw takes."""
    taken, step = [], pm.NUTS._hamiltonian_step

    def noted(self, start, momentum, step_size):
        taken.append(float(step_size))
        return step(self, start, momentum, step_size)

    model = compiled("pymc", "centered")
    monkeypatch.setattr(pm.NUTS, "_hamiltonian_step", noted)
    settings = SamplerSettings("pymc", DRAWS, TUNE, CHAINS, 0.8, 10)
    fit = model.sample(values("centered"), settings, seed=1, cores=1)
    told = [fit.warmup_sample_stats["step_size"], fit.sample_stats["step_size"]]
    assert np.concatenate(told, axis=1).ravel() == pytest.approx(taken, rel=1e-12)


def test_warmup_table_covers_the_warmup(fit):
    path = diagnosed(fit).warmup
    assert path["step"].max() == TUNE
    assert path["n_steps"].sum() == fit.warmup_sample_stats["n_steps"].sum()


def test_samplers_lack_only_what_the_table_lets_them():
    lacked = set().union(*(one.lacks for one in SAMPLERS.values()))
    assert {METRICS[name].absent for name in lacked} <= PER_SAMPLER
