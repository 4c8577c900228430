"""BlackJAX's NUTS with its window adaptation, compiled by JAX.

Its step size starts at 1 and its mass matrix at the identity, adapted in Stan's windows. The tree
depth counts a last doubling that turned, as PyMC's does; the maximum is reached by a tree that
neither turned nor diverged. The gradient at a trajectory's start is kept from the one before; each
chain evaluates its first. It shows no seconds of its phases.
"""

from typing import Any

import blackjax
import jax
import jax.numpy as jnp
import numpy as np

from hierbench.records import Arrays, SamplerSettings
from hierbench.samplers.jax_model import Compiled, Density, Sampler, compiled_for
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations

__all__ = ["EVALUATIONS", "chain", "compile_model", "statistics"]

EVALUATIONS = Evaluations(per_chain=1)
FIRST_STEP_SIZE = 1.0


def chain(
    density: Density,
    key: jax.Array,
    start: jax.Array,
    target_accept: jax.Array,
    settings: SamplerSettings,
) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return the positions and statistics of one chain, the warm-up first."""
    tune_key, draw_key = jax.random.split(key)
    adaptation = blackjax.window_adaptation(
        blackjax.nuts,
        density,
        initial_step_size=FIRST_STEP_SIZE,
        target_acceptance_rate=target_accept,
        adaptation_info_fn=adapted,
        max_num_doublings=settings.max_treedepth,
    )
    (state, tuned), warmup = adaptation.run(tune_key, start, num_steps=settings.tune)
    # What is told after a step is the size of the next.
    sizes = warmup[1]["step_size"]
    warmup[1]["step_size"] = jnp.concatenate([jnp.full(1, FIRST_STEP_SIZE), sizes[:-1]])
    kernel = blackjax.nuts(density, **tuned)

    def one(state: Any, step_key: jax.Array) -> Any:
        state, info = kernel.step(step_key, state)
        return state, step(state, info, tuned["step_size"])

    _, draws = jax.lax.scan(one, state, jax.random.split(draw_key, settings.draws))
    both: tuple[jax.Array, dict[str, jax.Array]] = jax.tree.map(
        lambda *phases: jnp.concatenate(phases), warmup, draws
    )
    return both


def adapted(state: Any, info: Any, adaptation: Any) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return what is kept of one step of the warm-up."""
    return step(state, info, adaptation.step_size)


def step(state: Any, info: Any, step_size: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return what is kept of one step: its position and statistics."""
    return state.position, {
        "diverging": info.is_divergent,
        "turning": info.is_turning,
        "n_steps": info.num_integration_steps,
        "tree_depth": info.num_trajectory_expansions,
        "acceptance_rate": info.acceptance_rate,
        "energy": info.energy,
        "lp": state.logdensity,
        "step_size": step_size,
    }


def statistics(found: Arrays, settings: SamplerSettings) -> Arrays:
    """Return all of `TYPES`, each (chain, step)."""
    ended = found["turning"] | found["diverging"]
    full = found["tree_depth"] == settings.max_treedepth
    return {**found, "reached_max_treedepth": np.asarray(full & ~ended)}


def compile_model(source: Source) -> Compiled:
    """Turn the model into JAX functions; `prepare` compiles the chain."""
    return compiled_for(source.pymc, Sampler(chain, statistics, EVALUATIONS))
