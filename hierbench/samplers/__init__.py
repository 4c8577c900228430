"""The samplers, by the name that `sampler` gives them; knows PyMC models and no form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Protocol

from hierbench.errors import ConfigError
from hierbench.metrics import PHASES
from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.source import Source

__all__ = [
    "SAMPLERS",
    "CompiledModel",
    "Sampler",
    "Source",
    "backend_of",
    "check_adaptation",
    "check_installed",
    "compile_model",
]


@dataclass(frozen=True)
class Sampler:
    """One sampler; no field has a default, so that none is forgotten.

    Attributes
    ----------
    module : str
        What has its `compile_model`; imported at the first compilation.
    backend : str
        What compiles its functions: numba, jax or stanli.
    extra : str
        The extra of hierbench that brings its packages; empty where hierbench itself needs them.
    packages : tuple of str
        Those of the extra whose versions decide the draws.
    adaptations : tuple of str
        Of the mass matrix, as `sampler.adaptation` names them.
    reads : str
        The models that it samples: "pymc" or "stan".
    lacks : frozenset of str
        The metrics that its cells do not have.
    """

    module: str
    backend: str
    extra: str
    packages: tuple[str, ...]
    adaptations: tuple[str, ...]
    reads: str
    lacks: frozenset[str]


HERE, DIAG, JAX = "hierbench.samplers", ("diag",), ("jax", "jaxlib")

SAMPLERS: Mapping[str, Sampler] = {
    "nutpie": Sampler(f"{HERE}.nutpie", "numba", "", (), ("diag", "low_rank"), "pymc", PHASES),
    "pymc": Sampler(f"{HERE}.pymc", "numba", "", (), DIAG, "pymc", frozenset()),
    "numpyro": Sampler(f"{HERE}.numpyro", "jax", "jax", (*JAX, "numpyro"), DIAG, "pymc", PHASES),
    "blackjax": Sampler(f"{HERE}.blackjax", "jax", "jax", (*JAX, "blackjax"), DIAG, "pymc", PHASES),
    "stan": Sampler(f"{HERE}.stan", "stanli", "stan", ("stanli",), DIAG, "stan", PHASES),
}


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


def sampler_of(name: str) -> Sampler:
    """Return the sampler of that name.

    Raises
    ------
    ConfigError
        If there is none; the sentence lists those that there are.
    """
    if name not in SAMPLERS:
        raise ConfigError(f"sampler={name}: known are {', '.join(SAMPLERS)}; choose one of them")
    return SAMPLERS[name]


def check_installed(name: str) -> None:
    """Raise ConfigError when a package that a sampler needs is missing; nothing is imported."""
    sampler = sampler_of(name)
    missing = [package for package in sampler.packages if find_spec(package) is None]
    if missing:
        own = " or ".join(f"sampler={other}" for other, one in SAMPLERS.items() if not one.extra)
        raise ConfigError(
            f"sampler={name}: unavailable, {' and '.join(missing)} not installed; "
            f"install hierbench[{sampler.extra}], or choose {own}"
        )


def check_adaptation(name: str, adaptation: str) -> None:
    """Raise ConfigError for a way of adapting the mass matrix that a sampler does not have."""
    known = sampler_of(name).adaptations
    if adaptation not in known:
        others = [other for other, one in SAMPLERS.items() if adaptation in one.adaptations]
        also = f", or sampler={' or '.join(others)}" if others else ""
        raise ConfigError(
            f"sampler.adaptation={adaptation}: sampler={name} has {' and '.join(known)}; "
            f"choose one of them{also}"
        )


def backend_of(name: str) -> dict[str, str]:
    """Return what a sampler's functions are compiled with: the part of a run's provenance."""
    from pytensor.configdefaults import config  # the names of the samplers are read without it

    sampler = sampler_of(name)
    flags = {flag: str(getattr(config, flag)) for flag in ("numba__fastmath", "numba__cache")}
    versions = {package: version(package) for package in sampler.packages}
    beside = flags if sampler.backend == "numba" else versions
    return {"name": name, "backend": sampler.backend, **beside}


def compile_model(source: Source, settings: SamplerSettings) -> CompiledModel:
    """Compile `source` for the sampler that `settings` name, as far as `settings` need it.

    Raises
    ------
    ConfigError
        If no sampler has that name, or its extra is not installed.
    """
    check_installed(settings.name)
    compiler: Callable[[Source], CompiledModel] = import_module(
        SAMPLERS[settings.name].module
    ).compile_model
    compiled = compiler(source)
    compiled.prepare(settings)
    return compiled
