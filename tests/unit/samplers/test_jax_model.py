"""A JAX program uses one core per chain, and starts where PyMC's NUTS does."""

from pathlib import Path

import numpy as np
import pymc as pm
import pytest

from hierbench.errors import HierbenchError
from hierbench.records import SamplerSettings
from hierbench.samplers import Source, compile_model
from tests.extras import needed

needed("jax")
pytestmark = pytest.mark.slow

SETTINGS = SamplerSettings("numpyro", 5000, 500, 1, 0.95, 10)
SEED = 3


@pytest.fixture(scope="module")
def compiled():
    with pm.Model() as model:
        center = pm.Data("center", 5.0)
        spread = pm.Exponential("spread", 1.0)
        pm.Normal("z", center, spread, shape=200)
    return compile_model(Source(model), SETTINGS)


def ticks():
    """Return the CPU ticks of every thread of this process, in user code."""
    stats = {task.name: task / "stat" for task in Path("/proc/self/task").iterdir()}
    return {
        name: int(path.read_text().rpartition(")")[2].split()[11]) for name, path in stats.items()
    }


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc")
def test_a_chain_uses_one_thread(compiled):
    """JAX runs it on a thread of its own, and no other helps."""
    before = ticks()
    compiled.sample({"center": np.array(5.0)}, SETTINGS, seed=SEED, cores=1)
    spent = [number - before.get(name, 0) for name, number in ticks().items()]
    assert sum(spent) > 50
    assert max(spent) > 0.9 * sum(spent)


def test_starts_are_those_of_pymc(compiled):
    with pm.Model() as model:
        spread = pm.Exponential("spread", 1.0)
        pm.Normal("z", 5.0, spread, shape=200)
    seeds = [int(rng.integers(2**30)) for rng in np.random.default_rng(SEED).spawn(2)]
    theirs, _ = pm.init_nuts(init="jitter+adapt_diag", chains=2, model=model, random_seed=seeds)
    ours = compiled.starts(SEED, 2, compiled.data({"center": np.array(5.0)}))
    for one, other in zip(ours, theirs, strict=True):
        assert one == pytest.approx(np.concatenate([np.ravel(value) for value in other.values()]))


def test_starts_without_a_finite_density_are_given_up(compiled):
    with pytest.raises(HierbenchError, match="no start of finite density in 11 tries"):
        compiled.starts(SEED, 1, compiled.data({"center": np.array(np.nan)}))
