"""The samplers, by the name that `sampler` gives them; knows PyMC models and no form."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from hierbench.errors import ConfigError
from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.extras import check_installed, versions
from hierbench.samplers.source import Source

__all__ = [
    "SAMPLERS",
    "CompiledModel",
    "Source",
    "backend_of",
    "check_installed",
    "compile_model",
]

SAMPLERS = {
    "nutpie": "hierbench.samplers.nutpie",
    "pymc": "hierbench.samplers.pymc",
    "numpyro": "hierbench.samplers.numpyro",
    "blackjax": "hierbench.samplers.blackjax",
    "stan": "hierbench.samplers.stan",
}
BACKENDS = {"numpyro": "jax", "blackjax": "jax", "stan": "stanli"}


class CompiledModel(Protocol):
    """One compiled model under one sampler, reusable for every value of its `pm.Data`."""

    def prepare(self, settings: SamplerSettings) -> None:
        """Compile what `settings` need and is not compiled yet, so that `sample` does not."""
        ...

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit with the data and prior scales in `values`.

        Equal arguments give equal draws, whatever was sampled before and however many cores.
        """
        ...


def backend_of(sampler: str) -> dict[str, str]:
    """Return what a sampler's functions are compiled with: the part of a run's provenance."""
    from pytensor.configdefaults import config  # the names of the samplers are read without it

    backend = BACKENDS.get(sampler, "numba")
    flags = {name: str(getattr(config, name)) for name in ("numba__fastmath", "numba__cache")}
    beside = flags if backend == "numba" else versions(sampler)
    return {"name": sampler, "backend": backend, **beside}


def compile_model(source: Source, settings: SamplerSettings) -> CompiledModel:
    """Compile `source` for the sampler that `settings` name, as far as `settings` need it.

    Raises
    ------
    ConfigError
        If no sampler has that name, or its extra is not installed.
    """
    sampler = settings.name
    if sampler not in SAMPLERS:
        raise ConfigError(f"sampler={sampler}: known are {', '.join(SAMPLERS)}; choose one of them")
    check_installed(sampler)
    compiler: Callable[[Source], CompiledModel] = import_module(SAMPLERS[sampler]).compile_model
    compiled = compiler(source)
    compiled.prepare(settings)
    return compiled
