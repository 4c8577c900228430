"""One sweep over every sampler, as a user starts it: the contract's metrics, the right means."""

from math import isfinite

import pandas as pd
import pytest
from scipy.stats import norm

from hierbench.metrics import METRICS
from hierbench.records import RunStatus
from hierbench.samplers import SAMPLERS
from hierbench.tracking import cells_of, fetched, latest_sweep, locate, open_store
from tests.extras import LIBRARIES, needed
from tests.integration.sweeps.programs import start
from tests.required import required

for extra in LIBRARIES.values():
    needed(extra)
pytestmark = pytest.mark.slow

HYPERPARAMETERS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
CHANCE = 1e-4
"""Of a false alarm in the whole sweep, were the scores standard Normal."""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Give the store of the sweep, and its cells."""
    folder = tmp_path_factory.mktemp("samplers")
    words = ["data=sacramento", "parameterization=centered,noncentered", "plots=none", "seed=1,2"]
    program = start(folder, "sweep", *words, f"sampler={','.join(SAMPLERS)}")
    try:
        assert program.wait() == 0, program.printed
    finally:
        program.end()
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder), create=False)
    return store, cells_of(store, latest_sweep(store).run_id)


def test_every_sampler_finishes_every_cell(swept):
    cells = swept[1]
    assert [cell.status for cell in cells] == [RunStatus.FINISHED] * 20
    assert {cell.params["sampler"] for cell in cells} == set(SAMPLERS)


def test_every_cell_has_the_metrics_required_and_no_other(swept):
    for cell in swept[1]:
        facts = {"truth": False, "reference": True, "diverged": cell.metrics["divergences"] > 0}
        names = {"sampler": cell.params["sampler"], "variant": cell.params["variant"]}
        assert set(cell.metrics) == required(METRICS, **names, **facts), cell.name
        assert [name for name, value in cell.metrics.items() if not isfinite(value)] == []


def test_hyperparameter_means_of_what_passes_are_the_references(swept, tmp_path):
    """Within the Monte Carlo error of both, all of them at once."""
    store, cells = swept
    scores = {}
    for cell in cells:
        if cell.tags["gate"] != "passed":
            continue
        (folder := tmp_path / cell.run_id).mkdir()
        table = pd.read_parquet(fetched(store, cell.run_id, "parameters.parquet", folder))
        table = table.set_index("parameter")
        for name in HYPERPARAMETERS:
            scores[cell.name, name] = table.loc[name, "reference_z_mean"]
    bound = norm.isf(CHANCE / 2 / len(scores))
    assert len(scores) >= 15 * len(HYPERPARAMETERS)
    assert {key: z for key, z in scores.items() if not abs(z) < bound} == {}
