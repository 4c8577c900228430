"""The samplers, by the name that `sampler` gives them; knows PyMC models and no form."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

import pymc as pm
from pytensor.configdefaults import config

from hierbench.errors import ConfigError
from hierbench.records import Arrays, Fit, SamplerSettings

__all__ = ["SAMPLERS", "CompiledModel", "backend_of", "compile_model"]

ONE_STEP = SamplerSettings("any", 1, 1, 1, 0.8, 1)
SAMPLERS = {"nutpie": "hierbench.samplers.nutpie", "pymc": "hierbench.samplers.pymc"}


class CompiledModel(Protocol):
    """One compiled model under one sampler, reusable for every value of its `pm.Data`."""

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit with the data and prior scales in `values`.

        Equal arguments give equal draws, whatever was sampled before and however many cores.
        """
        ...


def backend_of(sampler: str) -> dict[str, str]:
    """Return what a sampler's functions are compiled with: the part of a run's provenance."""
    flags = {name: str(getattr(config, name)) for name in ("numba__fastmath", "numba__cache")}
    return {"name": sampler, "backend": "numba", **flags}


def compile_model(model: pm.Model, sampler: str) -> CompiledModel:
    """Compile `model` for `sampler` and call each function once.

    Raises
    ------
    ConfigError
        If no sampler has that name.
    """
    if sampler not in SAMPLERS:
        raise ConfigError(f"sampler={sampler}: known are {', '.join(SAMPLERS)}; choose one of them")
    compiler: Callable[[pm.Model], CompiledModel] = import_module(SAMPLERS[sampler]).compile_model
    values = {data.name: data.get_value() for data in model.data_vars}
    compiled = compiler(model)
    compiled.sample(values, ONE_STEP, seed=0, cores=1)
    return compiled
