"""A PyMC model as JAX functions, and its chains as one compiled program; imports JAX.

Data, seed and target_accept are arguments of the compiled program, so that one compilation serves
all of them. The numbers of draws and of warm-up steps and the tree depth are part of the program:
other ones compile anew, in `prepare` and outside the clock.

A chain is one call of the program; `cores` threads call it at once. Draws thus do not depend on
`cores`, chains do not wait for each other's trees as under `vmap`, and JAX needs no more devices
than one. The program is compiled without parallel operations: JAX runs a chain on one thread.

Chains start where PyMC's NUTS starts them for the same seed: at the prior's support point, each
unconstrained value moved by Uniform(-1, 1), drawn again while the density is not finite.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import jax
import numpy as np
import pymc as pm
import pytensor.tensor as pt
from jax.flatten_util import ravel_pytree
from numba.core.registry import cpu_target
from numpy.typing import NDArray
from pymc.initial_point import make_initial_point_fn
from pytensor.compile import mode as modes
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import graph_inputs
from pytensor.link.jax.dispatch.basic import jax_funcify

from hierbench.environment import cache_folder
from hierbench.errors import HierbenchError
from hierbench.records import Arrays, Fit, SamplerSettings
from hierbench.samplers.clock import Clock
from hierbench.samplers.compilations import note_compilation
from hierbench.samplers.statistics import Evaluations, fit_of_steps

__all__ = ["Chain", "Compiled", "Density", "Sampler", "compiled_for"]

type Density = Callable[[jax.Array], jax.Array]
type Chain = Callable[
    [Density, jax.Array, jax.Array, jax.Array, SamplerSettings],
    tuple[jax.Array, dict[str, jax.Array]],
]
"""From log density, key, start, target_accept and the settings' counts to the positions (step,
dim) and statistics (step,) of all steps, the warm-up first."""

OPTIONS = {"xla_cpu_multi_thread_eigen": False}
STARTS = 11  # of a chain, as many as PyMC tries


@dataclass(frozen=True)
class Sampler:
    """One library's NUTS.

    Attributes
    ----------
    chain : callable
        One whole chain.
    statistics : callable
        From its statistics, each (chain, step), to those of `TYPES`.
    evaluations : Evaluations
        What `n_steps` does not count.
    """

    chain: Chain
    statistics: Callable[[Arrays, SamplerSettings], Arrays]
    evaluations: Evaluations


@dataclass(frozen=True)
class Compiled:
    """A model and the programs compiled for it, by what is part of a program."""

    model: pm.Model
    sampler: Sampler
    log_density: Callable[..., Any]
    named: Callable[..., Any]
    start: Callable[[int], dict[str, NDArray[Any]]]
    programs: dict[tuple[int, int, int], Any] = field(default_factory=dict)

    def prepare(self, settings: SamplerSettings) -> None:
        """Compile the program for the counts in `settings`."""
        key = counts(settings)
        if key not in self.programs:
            data = self.data({value.name: value.get_value() for value in self.model.data_vars})
            (start,) = self.starts(0, 1, data)  # compiles the density of a start, too
            lowered = jax.jit(self.program(settings)).lower(0, 0, start, data, 0.8)
            self.programs[key] = lowered.compile(compiler_options=OPTIONS)

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit, `cores` chains at once; the draws do not depend on `cores`."""
        self.prepare(settings)
        pm.set_data(dict(values), self.model)
        program, data = self.programs[counts(settings)], self.data(values)
        clock = Clock.start()
        starts = self.starts(seed, settings.chains, data)

        def chain(number: int) -> Any:
            found = program(seed, number, starts[number], data, settings.target_accept)
            return jax.tree.map(np.asarray, found)

        with ThreadPoolExecutor(min(cores, settings.chains)) as pool:
            found = list(pool.map(chain, range(settings.chains)))
        variables, statistics = jax.tree.map(lambda *chains: np.stack(chains), *found)
        return fit_of_steps(
            {variable.name: variables[variable.name] for variable in variables_of(self.model)},
            self.sampler.statistics(statistics, settings),
            settings.tune,
            clock.read(),
            self.sampler.evaluations,
        )

    def program(self, settings: SamplerSettings) -> Callable[..., Any]:
        """Return one chain as a function of seed, number, start, data and target_accept."""
        _, unravel = ravel_pytree(self.point(0))

        def program(seed: Any, number: Any, start: Any, data: Any, target_accept: Any) -> Any:
            def density(position: jax.Array) -> Any:
                return self.log_density(*unravel(position), *data)[0]

            def named(position: jax.Array) -> Any:
                return self.named(*unravel(position), *data)

            key = jax.random.fold_in(jax.random.key(seed), number)
            positions, statistics = self.sampler.chain(density, key, start, target_accept, settings)
            names = [variable.name for variable in variables_of(self.model)]
            return dict(zip(names, jax.vmap(named)(positions), strict=True)), statistics

        return program

    def data(self, values: Arrays) -> tuple[NDArray[Any], ...]:
        """Return `values` in the order and of the types of the model's data."""
        return tuple(np.asarray(values[data.name], data.dtype) for data in self.model.data_vars)

    def point(self, seed: int) -> list[NDArray[Any]]:
        """Return one jittered start, unconstrained, in the order of the model's values."""
        point = self.start(seed)
        return [np.asarray(point[value.name]) for value in self.model.value_vars]

    def starts(self, seed: int, chains: int, data: tuple[NDArray[Any], ...]) -> list[Any]:
        """Return the start of each chain, as one array."""
        seeds = (int(rng.integers(2**30)) for rng in np.random.default_rng(seed).spawn(chains))
        return [self.finite_start(start_seed, data) for start_seed in seeds]

    def finite_start(self, seed: int, data: tuple[NDArray[Any], ...]) -> NDArray[Any]:
        """Return the first start of `seed` whose density is finite."""
        rng = np.random.default_rng(seed)
        for _ in range(STARTS):
            point = self.point(seed)
            if np.isfinite(self.log_density(*point, *data)[0]):
                return np.asarray(ravel_pytree(point)[0])
            seed = int(rng.integers(2**30))
        raise HierbenchError(
            f"no start of finite density in {STARTS} tries; choose another prior.scale or seed"
        )


def counts(settings: SamplerSettings) -> tuple[int, int, int]:
    """Return what is part of a compiled program."""
    return settings.draws, settings.tune, settings.max_treedepth


def compiled_for(model: pm.Model, sampler: Sampler) -> Compiled:
    """Turn `model` into JAX functions in float64."""
    jax.config.update("jax_enable_x64", True)
    keep_on_disk()
    return Compiled(
        model,
        sampler,
        log_density=jax.jit(jaxified(model, [model.logp()])),
        named=jaxified(model, model.replace_rvs_by_values(variables_of(model))),
        start=make_initial_point_fn(model=model, jitter_rvs=set(model.free_RVs)),
    )


@cache
def keep_on_disk() -> None:
    """Let JAX keep what it compiles in our cache, and tell who listens what it did not find.

    The folder is this processor's: JAX's own keys do not tell processors apart.
    """
    machine = repr(cpu_target.target_context.codegen().magic_tuple())
    name = f"jax{version('jaxlib')}-{sha256(machine.encode()).hexdigest()[:12]}"
    folder = cache_folder() / name
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.monitoring.register_event_listener(note_miss)


def note_miss(event: str, **_: Any) -> None:
    """Note a program that JAX had to compile."""
    if event == "/jax/compilation_cache/cache_misses":
        note_compilation("a JAX program")


def variables_of(model: pm.Model) -> list[Any]:
    """Return the variables that a fit keeps, those of `Fit.posterior`."""
    return [*model.free_RVs, *model.deterministics]


def jaxified(model: pm.Model, outputs: list[Any]) -> Callable[..., Any]:
    """Return `outputs` as a JAX function of the model's values, then its data, in their order.

    Lengths of dims become constants, as the compiled program's shapes are.
    """
    data = {variable: variable.type() for variable in model.data_vars}
    shared: list[Any] = [one for one in graph_inputs(outputs) if isinstance(one, SharedVariable)]
    lengths = {one: pt.constant(one.get_value()) for one in shared if one not in data}
    replaced: Mapping[Any, Any] = {**lengths, **data}
    graph = FunctionGraph(
        inputs=[*model.value_vars, *data.values()],
        outputs=clone_replace(outputs, replace=replaced),
        clone=True,
    )
    # A check of a parameter would raise, which a compiled JAX function cannot.
    mode: Any = modes.JAX
    mode.including("local_remove_check_parameter").optimizer.rewrite(graph)
    function: Callable[..., Any] = jax_funcify(graph)
    return function
