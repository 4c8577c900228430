"""NumPyro's NUTS, compiled by JAX.

Its step size starts at 1 and its mass matrix at the identity, adapted in Stan's windows. It does
not tell a tree's depth or why it ended: the depth is that of a tree of `n_steps` leaves, a last
doubling that turned counted in, and the maximum counts as reached by every tree that is full at
it. The gradient at a trajectory's start is kept from the one before; each chain evaluates its
first. It shows no seconds of its phases.
"""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from numpyro.infer.hmc import hmc

from hierbench.records import Arrays, SamplerSettings
from hierbench.samplers.jax_model import Compiled, Density, Sampler, compiled_for
from hierbench.samplers.source import Source
from hierbench.samplers.statistics import Evaluations

__all__ = ["EVALUATIONS", "chain", "compile_model", "statistics"]

EVALUATIONS = Evaluations(per_chain=1)


def chain(
    density: Density,
    key: jax.Array,
    start: jax.Array,
    target_accept: jax.Array,
    settings: SamplerSettings,
) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return the positions and statistics of one chain, the warm-up first."""
    first, following = hmc(potential_fn=lambda position: -density(position), algo="NUTS")
    state = first(
        start,
        settings.tune,
        target_accept_prob=target_accept,
        max_tree_depth=settings.max_treedepth,
        rng_key=key,
    )
    return steps(following, state, settings.tune + settings.draws)


def steps(
    following: Callable[[Any], Any], state: Any, number: int
) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return `number` steps from `state`; a step's size is that of the state before it."""

    def one(before: Any, _: None) -> Any:
        state = following(before)
        kept = {
            "diverging": state.diverging,
            "n_steps": state.num_steps,
            "acceptance_rate": state.accept_prob,
            "energy": state.energy,
            "lp": -state.potential_energy,
            "step_size": before.adapt_state.step_size,
        }
        return state, (state.z, kept)

    _, found = jax.lax.scan(one, state, None, length=number)
    positions: tuple[jax.Array, dict[str, jax.Array]] = found
    return positions


def statistics(found: Arrays, settings: SamplerSettings) -> Arrays:
    """Return all of `TYPES`, each (chain, step)."""
    n_steps = found["n_steps"]
    return {
        **found,
        "tree_depth": np.floor(np.log2(n_steps)) + 1,
        "reached_max_treedepth": n_steps == 2**settings.max_treedepth - 1,
    }


def compile_model(source: Source) -> Compiled:
    """Turn the model into JAX functions; `prepare` compiles the chain."""
    return compiled_for(source.pymc, Sampler(chain, statistics, EVALUATIONS))
