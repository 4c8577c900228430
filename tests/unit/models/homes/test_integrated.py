"""Draws of the effects after sampling, against the Normal that conditioning by hand gives.

And what is compiled for the density, against the graph that says what it is.
"""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from pytensor.compile.mode import Mode
from pytensor.graph.traversal import ancestors
from pytensor.link.numba.dispatch.basic import numba_funcify_and_cache_key

from hierbench.config.schema import PriorConfig
from hierbench.models.homes.algebra import marginal
from hierbench.models.homes.building import build
from hierbench.models.homes.containers import blocks_in
from hierbench.models.homes.effects import with_effects
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.integrated import IntegratedDensity
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.rows import Rows

DRAWS = 40_000
HYPER = {"mu_alpha": 2.0, "mu_beta": -1.0, "sigma_alpha": 0.7, "sigma_beta": 0.4, "sigma": 0.5}


@pytest.fixture(scope="module")
def tiny() -> Rows:
    """Return 7 rows in 3 groups: one alone, one whose x does not vary, one of four."""
    rng = np.random.default_rng(20070601)
    x = np.array([0.3, -1.2, -1.2, 0.1, 0.9, -0.4, 2.0])
    group = np.array([0, 1, 1, 2, 2, 2, 2])
    return Rows("tiny", x, 2.0 - x + rng.normal(size=7), group, ("a", "b", "c"), "x", "y")


def effects_of(posterior, dataset, seed):
    return with_effects(posterior, blocks_in(dataset), 3, np.random.default_rng(seed), cores=1)


def conditional(dataset, rho, group):
    """Return mean and covariance of (alpha, beta) of one group, by Gaussian conditioning."""
    of = HYPER
    rows = dataset.group == group
    design = np.column_stack([np.ones(rows.sum()), dataset.x[rows]])
    spread = np.diag([of["sigma_alpha"], of["sigma_beta"]])
    prior = spread @ np.array([[1, rho], [rho, 1]]) @ spread
    mu = np.array([of["mu_alpha"], of["mu_beta"]])
    marginal = design @ prior @ design.T + of["sigma"] ** 2 * np.eye(rows.sum())
    gain = prior @ design.T @ np.linalg.inv(marginal)
    return mu + gain @ (dataset.y[rows] - design @ mu), prior - gain @ design @ prior


@pytest.fixture(scope="module", params=[None, -0.6, 0.95])
def drawn(request, tiny):
    """Return rho and the draws given one point of the hyperparameters, in two chains."""
    posterior = {name: np.full((2, DRAWS // 2), value) for name, value in HYPER.items()}
    if request.param is not None:
        posterior["rho"] = np.full((2, DRAWS // 2), request.param)
    return request.param or 0.0, effects_of(posterior, tiny, 5)


@pytest.mark.parametrize("group", range(3))
def test_effects_have_the_conditionals_mean(group, drawn, tiny):
    rho, draws = drawn
    mean, covariance = conditional(tiny, rho, group)
    found = [draws[name][..., group].mean() for name in ("alpha", "beta")]
    assert np.all(abs(found - mean) < 4 * np.sqrt(np.diag(covariance) / DRAWS))


@pytest.mark.parametrize("group", range(3))
def test_effects_have_the_conditionals_covariance(group, drawn, tiny):
    """The sd of a sample covariance is at most sqrt(2 v w / n), v and w the variances."""
    rho, draws = drawn
    _, covariance = conditional(tiny, rho, group)
    found = np.cov(*(draws[name][..., group].ravel() for name in ("alpha", "beta")))
    variance = np.diag(covariance)
    assert np.all(abs(found - covariance) < 4 * np.sqrt(2 * np.outer(variance, variance) / DRAWS))


def test_equal_seeds_give_equal_effects(tiny):
    posterior = {name: np.full((2, 3), value) for name, value in HYPER.items()}
    one, two = (effects_of(posterior, tiny, 1) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_effects_follow_each_draws_own_hyperparameters(tiny):
    """Without spread the effects are the means, draw for draw."""
    means = np.arange(6.0).reshape(2, 3)
    posterior = {name: np.full((2, 3), value) for name, value in HYPER.items()}
    posterior |= {"mu_alpha": means, "mu_beta": -means}
    posterior |= {name: np.full((2, 3), 1e-12) for name in ("sigma_alpha", "sigma_beta")}
    draws = effects_of(posterior, tiny, 1)
    np.testing.assert_allclose(draws["alpha"], np.repeat(means[..., None], 3, axis=2), atol=1e-9)
    np.testing.assert_allclose(draws["beta"], -np.repeat(means[..., None], 3, axis=2), atol=1e-9)


@pytest.fixture(scope="module", params=["marginal", "marginal_correlated"])
def model(request, tiny):
    form = FORMS[request.param]
    return build(form, tiny, hyperprior(PriorConfig("notebook"), form.variant), "sufficient")


def test_compiled_density_and_gradient_are_the_graphs(model):
    """numba's come from the kernel, Python's from the graph and PyTensor's own derivatives."""
    outputs = [model.logp(), model.dlogp()]
    modes = Mode(linker="numba", optimizer="fast_compile"), Mode(linker="py", optimizer=None)
    kernel, graph = (model.compile_fn(outputs, mode=mode, point_fn=True) for mode in modes)
    rng = np.random.default_rng(2)
    for _ in range(5):
        point = {value.name: rng.normal() for value in model.value_vars}
        for found, expected in zip(kernel(point), graph(point), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_numba_is_given_the_kernel_and_its_source_as_key(model):
    """Without it the fits would be right and slow, with a key that stays they would be stale."""
    (node,) = (
        variable.owner
        for variable in ancestors([model.logp()])
        if variable.owner and isinstance(variable.owner.op, IntegratedDensity)
    )
    _, key = numba_funcify_and_cache_key(node.op, node=node)
    assert key == sha256(Path(marginal.__file__).read_bytes()).hexdigest()


def test_second_derivatives_are_refused_and_not_wrong(model):
    with pytest.raises(NotImplementedError, match="second derivatives"):
        model.d2logp()
