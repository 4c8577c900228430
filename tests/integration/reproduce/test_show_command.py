"""`hierbench show` prints the command that makes a run anew: it asks the same question."""

import json
import shlex

import pytest

from hierbench.cell import plan_cell
from hierbench.cli import main
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.models.data import load
from tests.integration.reproduce.handmade import make_run

HALFNORMAL = {
    "name": "halfnormal",
    "scale": 0.3,
    "scales": {
        "mu_alpha": 10.0,
        "mu_beta": 0.123456789,
        "sigma_alpha": 1.0,
        "sigma_beta": 1.0,
        "sigma": 1e-3,
    },
}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"prior": HALFNORMAL},
        {"prior": {"name": "formula", "scale": 4.0}},
        {"plots": {"which": "failed", "groups": ["01067", "03067"]}},
        {"sampler": {"name": "pymc", "target_accept": 0.95, "draws": 7}, "seed": 2**31 - 1},
        {"parameterization": "correlated", "artifacts": "full"},
    ],
)
def test_show_command_asks_the_same(store, tmp_path, capsys, keys):
    folder = tmp_path / "it's, a [path] with $5 {and} spaces=1"
    folder.mkdir()
    made = make_run(store, folder, **keys)
    assert main(["show", made.run_id, "--store", store.location.uri, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    program, verb, *overrides = shlex.split(shown["command"])
    with composer() as hydra:
        config = to_config(compose_cell(hydra, overrides))
    cell = plan_cell(config, load(config))
    assert (program, verb, cell.cell_key) == ("hierbench", "run", shown["tags"]["cell_key"])
