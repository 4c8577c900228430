"""What samplers say of their trajectories, against what the density saw of them.

One Normal of known sd, and every position at which its gradient was asked. Leapfrog steps of
size eps obey, with h = eps sd where the mass matrix is the variance and g the gradient,

    x_(i+1) - 2 x_i + x_(i-1) = h^2 g(x_i),    momentum_i = (x_(i+1) - x_(i-1)) / 2 h

so that positions alone give step, energies, acceptance and depth of each trajectory.
"""

from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product

import arviz as az
import numpy as np
import pymc as pm
import pytest
from nutpie.compiled_pyfunc import from_pyfunc
from pymc.step_methods.hmc.integration import CpuLeapfrogIntegrator

from hierbench.diagnostics.trajectories import trajectory_metrics
from hierbench.records import Fit, SamplerSettings
from hierbench.samplers import Source, compile_model
from hierbench.samplers.nutpie import Compiled
from tests.extras import needed

SD, WALL, FALL = 2.0, 3.0, 5000.0
TUNE, DRAWS = 300, 300


@dataclass(frozen=True)
class Seen:
    """One fit of one chain, and where its draws' gradients were asked.

    Attributes
    ----------
    starts : ndarray
        Where each trajectory began, dims (draw,).
    visited : list of ndarray
        Its other positions, in the order of its steps.
    before : ndarray
        Every position before the first of these.
    """

    sampler: str
    fit: Fit
    starts: np.ndarray
    visited: list[np.ndarray]
    before: np.ndarray

    def statistic(self, name):
        return self.fit.sample_stats[name][0]

    @property
    def draws(self):
        return self.fit.posterior["z"][0].ravel()


def settings_of(sampler, depth, accept):
    return SamplerSettings(sampler, DRAWS, TUNE, 1, accept, depth)


def nutpie_seen(depth=8, wall=np.inf, accept=0.8):
    positions = []

    def density():
        def at(z):
            positions.append(float(z[0]))
            fallen = FALL if abs(z[0]) > wall else 0.0
            return float(-0.5 * (z[0] / SD) ** 2 - fallen), -z / SD**2

        return at

    def expand(*_):
        return lambda z, **_: {"z": np.asarray(z)}

    functions = from_pyfunc(1, density, expand, [np.dtype("float64")], [(1,)], ["z"])
    with pm.Model() as model:  # tells the names of the variables and nothing else
        pm.Normal("z", shape=1)
    compiled = Compiled(model, functions)
    fit = compiled.sample({}, settings_of("nutpie", depth, accept), seed=1, cores=1)
    before, visited = parted(positions, fit.sample_stats["n_steps"][0])
    last = fit.warmup_posterior["z"][0, -1]
    starts = np.concatenate([last, fit.posterior["z"][0, :-1, 0]])
    return Seen("nutpie", fit, starts, visited, before)


@cache
def pymc_compiled(wall):
    """Return the model compiled for PyMC, which serves all settings."""
    return compile_model(Source(walled(wall)), settings_of("pymc", 8, 0.8))


def pymc_seen(depth=8, wall=np.inf, accept=0.8):
    positions, built = [], CpuLeapfrogIntegrator.__init__

    def wrapped(self, *args, **kwargs):
        built(self, *args, **kwargs)
        asked = self._logp_dlogp_func

        def at(position, *rest):
            positions.append(float(np.ravel(position)[0]))
            return asked(position, *rest)

        self._logp_dlogp_func = at

    compiled = pymc_compiled(wall)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CpuLeapfrogIntegrator, "__init__", wrapped)
        fit = compiled.sample({}, settings_of("pymc", depth, accept), seed=1, cores=1)
    # PyMC asks anew at the start of each trajectory.
    before, visited = parted(positions, fit.sample_stats["n_steps"][0] + 1)
    starts = np.array([one[0] for one in visited])
    return Seen("pymc", fit, starts, [one[1:] for one in visited], before)


def walled(wall):
    """Return the Normal, whose density falls beyond a wall."""
    with pm.Model() as model:
        z = pm.Normal("z", 0.0, SD)
        if np.isfinite(wall):
            pm.Potential("wall", pm.math.switch(pm.math.abs(z) > wall, -FALL, 0.0))
    return model


def jax_seen(sampler, depth=8, wall=np.inf, accept=0.8):
    jax = needed("jax")
    settings, positions = settings_of(sampler, depth, accept), []

    def asked(*inputs):
        jax.debug.callback(lambda z: positions.append(float(z)), inputs[0])
        return unasked(*inputs)

    unasked = (compiled := compile_model(Source(walled(wall)), settings)).log_density
    asking = replace(compiled, log_density=asked, programs={})
    asking.prepare(settings)
    positions.clear()
    fit = asking.sample({}, settings, seed=1, cores=1)
    jax.effects_barrier()
    before, visited = parted(positions, fit.sample_stats["n_steps"][0])
    last = fit.warmup_posterior["z"][0, -1:]
    starts = np.concatenate([last, fit.posterior["z"][0, :-1]])
    return Seen(sampler, fit, starts, visited, before)


SEEN = {
    "nutpie": nutpie_seen,
    "pymc": pymc_seen,
    "numpyro": partial(jax_seen, "numpyro"),
    "blackjax": partial(jax_seen, "blackjax"),
}
SAMPLERS = [
    "nutpie",
    "pymc",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("numpyro", "blackjax")),
]


def parted(positions, counts):
    """Return the positions before the last sum(`counts`), and these by draw."""
    first = len(positions) - counts.sum()
    drawn = np.array(positions[first:])
    return np.array(positions[:first]), np.split(drawn, np.cumsum(counts)[:-1])


@pytest.fixture(scope="module", params=SAMPLERS)
def seen(request):
    return SEEN[request.param]()


def paths(start, visited):
    """Give every order in space that doublings to either side may have put positions in."""
    ends = 2 ** np.arange(1, len(visited).bit_length()) - 1
    first, *doublings = np.split(visited, ends)
    for right in product([True, False], repeat=len(doublings)):
        path = np.concatenate([[start], first])
        for to_the_right, doubling in zip(right, doublings, strict=True):
            parts = [path, doubling] if to_the_right else [doubling[::-1], path]
            path = np.concatenate(parts)
        yield path


def squared_steps(path):
    """Return h^2 at each inner position of a path."""
    return -(SD**2) * np.diff(path, 2) / path[1:-1]


def path_of(start, visited):
    """Return the order in space of one trajectory of 2 steps or more: that of one h."""
    return min(paths(start, visited), key=lambda path: np.ptp(squared_steps(path)))


@dataclass(frozen=True)
class Known:
    """What positions give of every trajectory, each dims (draw,).

    Attributes
    ----------
    scale : float
        h over the step size.
    """

    scale: float
    steps: np.ndarray
    acceptance: np.ndarray
    energy: np.ndarray
    turned: np.ndarray


def known(seen):
    """Return what the positions say; the h of a trajectory of one step is the draws' own scale."""
    told = seen.statistic("step_size")
    long = np.array([len(visited) > 2 for visited in seen.visited])
    every = [
        path_of(start, visited) if many else np.array([start, *visited])
        for start, visited, many in zip(seen.starts, seen.visited, long, strict=True)
    ]
    squares = [np.median(squared_steps(path)) if len(path) > 3 else np.nan for path in every]
    steps = np.sqrt(squares)
    scale = float(np.median(steps[long] / told[long]))
    rows = [
        of_path(path, start, draw, h)
        for path, start, draw, h in zip(
            every, seen.starts, seen.draws, np.where(long, steps, scale * told), strict=True
        )
    ]
    acceptance, energy, turned = map(np.array, zip(*rows, strict=True))
    return Known(scale, steps[long], acceptance, energy, turned)


def of_path(path, start, draw, h):
    """Return acceptance, the draw's energy and whether the ends move towards each other."""
    gradient, halfway = -path / SD**2, np.diff(path) / h
    momentum = np.append(halfway - h / 2 * gradient[:-1], halfway[-1] + h / 2 * gradient[-1])
    energy = 0.5 * (path / SD) ** 2 + 0.5 * momentum**2
    accepted = np.minimum(1.0, np.exp(energy[path == start] - energy))
    turned = min(momentum[0] * momentum.sum(), momentum[-1] * momentum.sum()) <= 0
    return (accepted.sum() - 1) / (len(path) - 1), energy[path == draw][0], turned


def test_step_sizes_are_those_that_leapfrog_steps_took(seen):
    """h over step size is the root of the mass matrix' entry, one for all draws.

    nutpie's is sqrt(Var x / Var g), of a Normal exactly its variance; PyMC's an estimate of it.
    """
    found, told = known(seen), seen.statistic("step_size")
    long = [len(visited) > 2 for visited in seen.visited]
    np.testing.assert_allclose(found.steps / told[long], found.scale, rtol=1e-9)
    taken = np.append(found.steps / found.scale, np.delete(told, np.flatnonzero(long)))
    mean = trajectory_metrics(seen.fit)["step_size_mean"]
    assert mean == pytest.approx(taken.mean(), rel=1e-9)
    assert found.scale == pytest.approx(SD, rel=1e-9 if seen.sampler == "nutpie" else 0.4)


def test_acceptance_mean_is_that_of_the_energies_of_every_step(seen):
    expected = known(seen).acceptance
    np.testing.assert_allclose(seen.statistic("acceptance_rate"), expected, rtol=1e-9)
    found = trajectory_metrics(seen.fit)["acceptance_mean"]
    assert found == pytest.approx(expected.mean(), rel=1e-9)


def test_energies_are_those_of_the_draws(seen):
    """But for a constant, that of the density and of the momentum's, in which no metric changes."""
    expected = known(seen).energy
    apart = seen.statistic("energy") - expected
    np.testing.assert_allclose(apart, apart.mean(), atol=1e-9)
    theirs = az.bfmi(az.from_dict({"sample_stats": {"energy": expected[None]}}))["energy"]
    found = trajectory_metrics(seen.fit)["ebfmi_min"]
    assert found == pytest.approx(float(theirs.min()), rel=1e-9)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_treedepth_hits_are_full_trees_that_have_not_turned(sampler):
    """Of depth 2: three steps; those of a high acceptance are short enough not to turn always.

    NumPyro does not tell whether a full tree turned at its very end, and it counts.
    """
    seen = SEEN[sampler](depth=2, accept=0.98)
    full = np.array([len(visited) == 3 for visited in seen.visited])
    turned = known(seen).turned
    expected = full if sampler == "numpyro" else full & ~turned
    assert np.count_nonzero(full & turned) > 0
    np.testing.assert_array_equal(seen.statistic("reached_max_treedepth"), expected)
    hits = trajectory_metrics(seen.fit)["treedepth_hits"]
    assert 0 < hits == np.count_nonzero(expected) < DRAWS


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_divergences_are_the_trajectories_that_fell_over_the_wall(sampler):
    """Where the density falls by more than 1000 beyond a wall, the first step there is the last.

    Of the warm-up too, but for nutpie's searches for a step size, which are no trajectories.
    """
    seen = SEEN[sampler](wall=WALL)
    fell = [np.abs(visited) > WALL for visited in seen.visited]
    assert [flags[:-1].any() for flags in fell] == [False] * DRAWS
    np.testing.assert_array_equal(seen.statistic("diverging"), [flags[-1] for flags in fell])
    found = trajectory_metrics(seen.fit)
    assert found["divergences"] == sum(flags[-1] for flags in fell) > 0
    steps = seen.fit.warmup_sample_stats["n_steps"].sum()
    searching = len(seen.before) - steps if sampler == "nutpie" else 0
    untold = np.count_nonzero(np.abs(seen.before) > WALL) - found["divergences_tune"]
    assert 0 <= untold <= searching < 25
    assert found["divergences_tune"] > 25
