"""Cells keep the keys and posteriors that earlier versions gave them: kept runs are found by them.

`cell_keys.json` is never written anew for a change of the code.
"""

import json
from pathlib import Path

import pytest

from hierbench.cell import plan_cell
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.models.data import load
from hierbench.samplers import SAMPLERS
from tests.extras import LIBRARIES, away

KEPT = json.loads(Path(__file__).with_name("cell_keys.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def hydra():
    with composer() as started:
        yield started


def test_kept_keys_are_of_every_sampler():
    assert {name for name in SAMPLERS if f"sampler={name}" in str(list(KEPT))} >= set(LIBRARIES)


@pytest.mark.parametrize("overrides", KEPT)
def test_cell_keeps_its_key(overrides, hydra):
    config = to_config(compose_cell(hydra, overrides.split()))
    if reason := away(LIBRARIES.get(config.sampler.name, "hierbench")):
        pytest.skip(reason)
    cell = plan_cell(config, load(config))
    assert [cell.cell_key, cell.posterior] == KEPT[overrides]
