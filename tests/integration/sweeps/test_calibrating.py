"""Calibrations with real workers and draws: as a sweep, judged again, resumed, a fault planted."""

import json
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest

from hierbench.cell.fit import fit_cell
from hierbench.cell.running import CompiledModels
from hierbench.cli import main
from hierbench.models.homes import MODEL
from hierbench.models.homes.containers import contain, scales_of
from hierbench.models.homes.designs import DESIGNS
from hierbench.models.homes.hyperpriors import population, spread
from hierbench.sweeps.execute import sweep_folder
from hierbench.tracking import cells_of, latest_sweep, list_files
from hierbench.validation.calibration import Ranks, judge, plan_calibration
from hierbench.validation.designs import NOT_UNIFORM
from tests.integration.sweeps.sweeping import unlock
from tests.planted import built_by

FORM = "parameterization=marginal"
SHORT = ["sampler.draws=60", "sampler.tune=60"]
POWERFUL = 20
"""Simulations; tests/benchmarks/calibration_power.json has what they find."""


def called(store, *words):
    return main(["validate", *words, f"tracking.uri={store.location.uri}"])


def judged_again(store, sweep_id, capsys):
    code = main(["validate", "--calibration", sweep_id, "--json", "--store", store.location.uri])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_calibration_is_a_sweep_that_can_be_judged_again_and_resumed(store, capsys):
    """One of 2 simulations."""
    code = called(store, "--calibration", "2", "--design", "small", FORM, *SHORT, "--json")
    found = json.loads(capsys.readouterr().out)
    sweep = latest_sweep(store)
    (verdict,) = found["verdicts"]
    assert (code, verdict["good"], verdict["simulations"]) == (0, True, 2)
    assert (sweep.run_id, sweep.tags["calibration"]) == (found["sweep_id"], "small")
    assert {"calibration.json", "ranks.png"} <= set(list_files(store, sweep.run_id))
    assert {cell.params["data.seed"] for cell in cells_of(store, sweep.run_id)} == {"1", "2"}
    assert judged_again(store, sweep.run_id, capsys) == (code, found)

    # It is not content while a cell is lost, and says the same once that was resumed.
    sweep_id = sweep.run_id
    lost = cells_of(store, sweep_id)[0].run_id
    store.client.set_terminated(lost, "FAILED")
    code, without = judged_again(store, sweep_id, capsys)
    assert (code, without["verdicts"][0]["missing"]) == (1, 1)
    unlock(sweep_folder(store, sweep_id))
    assert main(["resume", sweep_id, "--store", store.location.uri, "--json"]) == 0
    capsys.readouterr()
    assert judged_again(store, sweep_id, capsys)[1]["verdicts"] == found["verdicts"]


def doubled(values, family, coords, likelihood):
    """Return `noncentered` with the fault: alpha = mu_alpha + 2 offset sigma_alpha."""
    with pm.Model(coords=coords) as model:
        data = contain(values)
        scale = scales_of(data)
        of = population(family, scale)
        offset = pm.Normal("alpha_offset", 0.0, 1.0, dims="group")
        beta_offset = pm.Normal("beta_offset", 0.0, 1.0, dims="group")
        alpha = pm.Deterministic("alpha", of.mu_alpha + 2 * offset * of.sigma_alpha, dims="group")
        beta = pm.Deterministic("beta", of.mu_beta + beta_offset * of.sigma_beta, dims="group")
        likelihood(alpha, beta, spread("sigma", family, scale), data)
    return model


@pytest.mark.slow
def test_calibration_finds_a_doubled_offset_and_names_its_parameter():
    form, compiled, ranks = "parameterization=noncentered", CompiledModels(), []
    for cell in plan_calibration(MODEL, DESIGNS["small"], POWERFUL, [form]).cells:
        faulty = replace(cell, form=built_by(cell.form, doubled))
        table = fit_cell(faulty, compiled, cores=1).diagnosis.parameters
        chosen = table["estimand"]
        ranks.append(table["truth_rank"][chosen])
    names = tuple(map(str, table["parameter"][chosen]))
    of = Ranks(names, np.array(ranks, dtype=np.int64), int(table["truth_rank_draws"][chosen][0]))
    verdict = judge("noncentered", of, DESIGNS["small"])
    assert (verdict.found, verdict.worst, verdict.good) == (NOT_UNIFORM, "sigma_alpha", False)
