"""Cells in running order, and the plan that `resume` reads back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hierbench.config.schema import Config, DataConfig, LimitsConfig, PriorConfig
from hierbench.errors import ConfigError
from hierbench.models.data import load
from hierbench.sweeps.copies import Models
from hierbench.sweeps.plan import changes, plan_sweep, stored, unstored

DATA = DataConfig("berlin_like", rows=60, groups=6, y_scale=100000.0)
NOWHERE = Models(Path("/nowhere"))


def plan_of(*configs, mode="local"):
    """Plan cells on tiny data."""
    return plan_sweep([replace(config, data=DATA) for config in configs], load, ["a=1"], mode)


def seeds_and_scales(plan):
    """Return what differs among the cells, in running order."""
    return [(cell.config.seed, cell.config.prior.scale) for cell in plan.cells]


def test_plan_interleaves_seeds():
    scales = [PriorConfig(scale=scale) for scale in (0.5, 2.0)]
    configs = [Config(prior=scale, seed=seed) for scale in scales for seed in (1, 2)]
    assert seeds_and_scales(plan_of(*configs)) == [(1, 0.5), (1, 2.0), (2, 0.5), (2, 2.0)]


def test_plan_runs_a_cell_asked_for_twice_once():
    assert len(plan_of(Config(), Config()).cells) == 1


def test_plan_loads_each_data_set_once():
    loaded = []

    def counted(data):
        loaded.append(data)
        return load(data)

    plan_sweep([Config(data=DATA, seed=seed) for seed in (1, 2)], counted, [], "local")
    assert len(loaded) == 1


def test_plan_names_its_axes():
    assert plan_of(Config(seed=1), Config(seed=2)).axes == {"seed": ("1", "2")}


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (Config(workers=2), "workers=2"),
        (Config(limits=LimitsConfig(cell_seconds=1)), "limits.cell_seconds=1"),
        (Config(limits=LimitsConfig(cell_mib=900)), "limits.cell_mib=900"),
    ],
)
def test_plan_in_one_process_refuses_what_needs_workers(config, key):
    with pytest.raises(ConfigError, match=f"{key}.*use hydra/launcher=local"):
        plan_of(config, mode="basic")


def test_plan_read_back_is_the_plan():
    plan = plan_of(Config(seed=1), Config(seed=2, prior=PriorConfig(scale=2.0)))
    again = unstored(json.loads(json.dumps(stored(plan))), load, NOWHERE)
    assert [cell.cell_key for cell in again.cells] == [cell.cell_key for cell in plan.cells]
    assert (again.axes, again.overrides, again.mode) == (plan.axes, plan.overrides, plan.mode)


def test_plan_read_back_differs_in_nothing():
    plan = plan_of(Config())
    assert changes(stored(plan), plan) == []


def test_plan_of_other_data_differs():
    plan = plan_of(Config())
    other = plan_sweep([Config(data=replace(DATA, seed=2))], load, [], "local")
    assert changes(stored(plan), other) == ["the data of berlin_like have changed"]


@pytest.mark.parametrize("lost", ["cells", "overrides", "mode"])
def test_plan_that_lacks_a_part_is_refused(lost):
    content = stored(plan_of(Config()))
    del content[lost]
    with pytest.raises(ConfigError, match=lost):
        unstored(content, load, NOWHERE)
