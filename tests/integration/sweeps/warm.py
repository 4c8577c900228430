"""Preloaded by the server that the tests' workers are forked from: one form, compiled once."""

from hierbench.cell import plan_cell
from hierbench.executors.worker import compiled_models
from hierbench.models.data import load
from tests.integration.sweeps.sweeping import config_of

config = config_of()
compiled_models().get(plan_cell(config, load(config)))
