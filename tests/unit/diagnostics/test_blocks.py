"""Headline figures and those of each block, against ArviZ's of the same parameters."""

from dataclasses import fields

import arviz as az
import numpy as np
import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import diagnose
from hierbench.diagnostics.blocks import block_metrics
from hierbench.diagnostics.convergence import Convergence
from hierbench.models.homes import MODEL
from hierbench.records import Axes, Fit

CHAINS, DRAWS = 4, 300
GROUPS = tuple("abcde")
SHAPES = {"mu_alpha": (), "sigma": (), "rho": (), "alpha": (5,), "beta": (5,), "alpha_offset": (5,)}
AXES = Axes({name: ("group",) for name, shape in SHAPES.items() if shape}, {"group": GROUPS})
BLOCK_OF = {
    "mu_alpha": "hyper",
    "sigma": "hyper",
    "rho": "correlation",
    "alpha": "intercepts",
    "beta": "slopes",
}
STILL = 3
BLOCKS = sorted(set(BLOCK_OF.values()))


def posterior():
    """Return AR(1) draws; each parameter mixes at a pace of its own, the inner ones worst of all.

    Chains start apart, so that r_hat too differs from one to the next; one entry never moves.
    """
    rng = np.random.default_rng(21)
    draws = {}
    for name, shape in SHAPES.items():
        phi = 0.98 if name == "alpha_offset" else rng.uniform(-0.3, 0.9, shape)
        apart = rng.uniform(0.0, 0.3, shape)
        steps = rng.normal(size=(CHAINS, DRAWS, *shape))
        for t in range(1, DRAWS):
            steps[:, t] = phi * steps[:, t - 1] + np.sqrt(1 - phi**2) * steps[:, t]
        offsets = np.arange(CHAINS).reshape(CHAINS, 1, *[1] * len(shape))
        draws[name] = steps + apart * offsets
    draws["beta"][..., STILL] = 0.25
    return draws


@pytest.fixture(scope="module")
def found():
    stats = {"diverging": np.zeros((CHAINS, DRAWS), dtype=bool)}
    fit = Fit(posterior(), stats, {}, {}, 1.0, 1.0)
    return diagnose(fit, blocks=MODEL.blocks, necks=(), axes=AXES, gate=GateConfig()).metrics


@pytest.fixture(scope="module")
def theirs():
    """Return ArviZ's table of the estimands that move, a row each."""
    estimands = {name: draws for name, draws in posterior().items() if name in BLOCK_OF}
    estimands["beta"] = np.delete(estimands["beta"], STILL, axis=2)
    data = az.from_dict({"posterior": estimands})
    sizes = {
        "ess_tail": az.ess(data, method="tail", prob=(0.05, 0.95)),
        "ess_mean": az.ess(data, method="mean"),
        "ess_square": az.ess(data, method="sd"),
    }
    table = az.summary(data, round_to="none")
    return table.assign(**{name: flat(found) for name, found in sizes.items()})


def flat(tree):
    """Return the entries of a tree of figures in the order of ArviZ's table."""
    return np.concatenate([array.values.ravel() for array in tree.data_vars.values()])


def of_block(table, block):
    """Return the rows of one block."""
    return table[[BLOCK_OF[name.partition("[")[0]] == block for name in table.index]]


def test_headline_is_arvizs(found, theirs):
    expected = {
        "r_hat_max": theirs["r_hat"].max(),
        "ess_bulk_min": theirs["ess_bulk"].min(),
        "ess_bulk_median": theirs["ess_bulk"].median(),
        "ess_tail_min": theirs["ess_tail"].min(),
        "mcse_over_sd_max": (theirs["mcse_mean"] / theirs["sd"]).max(),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("block", BLOCKS)
def test_block_is_arvizs(block, found, theirs):
    rows = of_block(theirs, block)
    assert found[f"ess_bulk_min.{block}"] == pytest.approx(rows["ess_bulk"].min(), rel=1e-8)
    sizes = rows[["ess_mean", "ess_square", "ess_tail"]].to_numpy()
    assert found[f"ess_min.{block}"] == pytest.approx(sizes.min(), rel=1e-8)
    assert found[f"r_hat_max.{block}"] == pytest.approx(rows["r_hat"].max(), rel=1e-8)


def test_blocks_differ_in_what_they_are_held_to(theirs):
    """Or one block's figure could stand for another's."""
    for column, extreme in (("ess_bulk", "min"), ("r_hat", "max")):
        figures = [getattr(of_block(theirs, block)[column], extreme)() for block in BLOCKS]
        assert np.diff(sorted(figures)).min() > 1e-3


@pytest.mark.parametrize("kind", ["ess_mean", "ess_square", "ess_tail"])
def test_smallest_size_of_a_block_is_of_any_kind(kind):
    ones = np.ones(3)
    figures = {of.name: 500 * ones for of in fields(Convergence)}
    figures["ess_bulk"] = 100 * ones
    figures[kind] = np.array([400.0, 300.0, 200.0])
    blocks = {"hyper": np.array([True, True, False]), "slopes": np.array([False, False, True])}
    found = block_metrics(Convergence(**figures), blocks)
    assert (found["ess_min.hyper"], found["ess_min.slopes"]) == (300.0, 200.0)


def test_constant_parameters_are_those_that_numpy_sees_still(found):
    spreads = [np.ptp(draws, axis=(0, 1)).ravel() for draws in posterior().values()]
    assert found["constant_parameters"] == np.count_nonzero(np.concatenate(spreads) == 0) == 1
