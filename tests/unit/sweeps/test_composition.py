"""Cells composed together are what Hydra composes one by one."""

import pytest

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.errors import ConfigError
from hierbench.sweeps.composition import compose_cells

CELLS = (
    ["data=ames", "prior.scale=2", "seed=1"],
    ["data=ames", "prior.scale=0.5", "seed=1"],
    ["prior=halfnormal", "prior.sigma=0.25", "data.y_scale=1e5", "seed=3"],
    ["sampler=pymc", "sampler.target_accept=0.95", "plots=none", "plots.groups=[a,'b c']"],
    ["++seed=7", "gate=none", "gate.r_hat_max=1.05"],
    [],
)


@pytest.fixture(scope="module")
def hydra():
    with composer() as found:
        yield found


@pytest.fixture(scope="module")
def together(hydra):
    """Return a function from overrides to all cells' configurations."""
    loader = hydra.config_loader
    sweep = loader.load_configuration("config", [], run_mode=1)
    return lambda *cells: [to_config(cell) for cell in compose_cells(loader, sweep, cells)]


def test_cells_are_what_hydra_composes(together, hydra):
    assert together(*CELLS) == [to_config(compose_cell(hydra, cell)) for cell in CELLS]


def test_cells_share_no_values(together):
    first, second = together(["seed=4"], [])
    assert (first.seed, second.seed) == (4, 1)


def test_value_of_another_type_is_refused(together):
    with pytest.raises(ConfigError, match=r"seed: .*Integer"):
        together(["seed=1"], ["seed=abc"])


def test_value_out_of_range_is_refused(together):
    with pytest.raises(ConfigError, match=r"prior\.scale=-1"):
        together(["prior.scale=1"], ["prior.scale=-1"])
