"""The funnel's own axes: which scale is shown against which entry of which effect."""

import numpy as np
import pytest

from hierbench.models.homes import MODEL
from hierbench.plots.necks import panels_of
from hierbench.records import Axes, Neck

MINUS = "\N{MINUS SIGN}"
GROUPS = ("a", "b", "c")
AXES = Axes(
    {"alpha": ("group",), "beta": ("group",), "sigma": ("group",), "theta": ("year", "group")},
    {"group": GROUPS, "year": ("1990", "2000")},
)
CHAINS, DRAWS = 2, 5


def posterior(**changes):
    """Return draws of homes' hyperparameters and effects, `b` the least known; None: left out."""
    rng = np.random.default_rng(8)
    scalars = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
    draws = {name: rng.uniform(1.0, 2.0, (CHAINS, DRAWS)) for name in scalars}
    for name in ("alpha", "beta"):
        draws[name] = rng.normal(size=(CHAINS, DRAWS, 3)) * [1.0, 50.0, 1.0]
    return {name: draw for name, draw in {**draws, **changes}.items() if draw is not None}


def shown(draws, necks=MODEL.necks, worst=()):
    """Return what every panel is, in words."""
    panels = panels_of(draws, AXES, necks, worst)
    return [(panel.entry, panel.x, panel.y) for panel in panels]


ALPHA = ("group b", f"alpha {MINUS} mu_alpha", "log sigma_alpha")
BETA = ("group b", f"beta {MINUS} mu_beta", "log sigma_beta")


def test_panels_have_each_effect_against_its_own_scale_in_the_order_of_the_necks():
    """A residual scale that all share says nothing more of alpha."""
    assert shown(posterior()) == [ALPHA, BETA]


def test_panels_are_the_effect_less_its_mean_and_the_logarithm():
    draws = posterior()
    first, _ = panels_of(draws, AXES, MODEL.necks, ["alpha[c]"])
    effect = (draws["alpha"][..., 2] - draws["mu_alpha"]).ravel()
    assert np.array_equal(first.effect, effect)
    assert np.array_equal(first.log_scale, np.log(draws["sigma_alpha"]).ravel())


def test_panels_end_with_the_entry_whose_own_scale_is_closest_to_zero():
    own = np.random.default_rng(9).uniform(1.0, 2.0, (CHAINS, DRAWS, 3))
    own[1, 3, 2], own[0, 0, 0] = 0.01, np.nan
    draws = posterior(sigma=own)
    last = ("group c", f"alpha {MINUS} mu_alpha", "log sigma of the group")
    assert shown(draws) == [ALPHA, BETA, last]
    panel = panels_of(draws, AXES, MODEL.necks, ["alpha[a]"])[-1]
    assert np.array_equal(panel.log_scale, np.log(own[..., 2].ravel()))
    assert np.array_equal(panel.effect, (draws["alpha"][..., 2] - draws["mu_alpha"]).ravel())


def test_panels_take_the_entry_that_is_named_worst_of_each_effect():
    found = shown(posterior(), worst=["mu_alpha", "beta[c]", "alpha[nowhere]", "alpha[a]"])
    assert [entry for entry, _, _ in found] == ["group a", "group c"]


@pytest.mark.parametrize("left_out", ["alpha", "sigma_alpha"])
def test_panels_leave_out_a_neck_that_the_posterior_does_not_have(left_out):
    found = shown(posterior(**{left_out: None}), MODEL.necks[:2])
    assert found == [BETA]


def test_panels_take_another_scale_of_the_effect_where_its_own_is_not_there():
    found = shown(posterior(sigma_alpha=None))
    assert sorted(found) == sorted([(*ALPHA[:2], "log sigma"), BETA])


def test_panels_of_a_neck_without_effects_are_none():
    assert shown(posterior(), [Neck("sigma", "", "")]) == []


def test_panels_of_no_neck_are_none():
    assert shown(posterior(), ()) == []


@pytest.mark.parametrize("centre", ["", "mu_alpha"])
def test_panels_of_an_effect_without_a_mean_show_the_effect(centre):
    draws = posterior(mu_alpha=None)
    assert shown(draws, [Neck("sigma_alpha", "alpha", centre)]) == [
        ("group b", "alpha", "log sigma_alpha")
    ]


@pytest.mark.parametrize("worst", [(), ("theta[2000, b]",)])
def test_panels_of_an_effect_of_two_dims_name_both(worst):
    theta = np.random.default_rng(10).normal(size=(CHAINS, DRAWS, 2, 3))
    theta[..., 0, 2] *= 50.0
    place, entry = ((1, 1), "2000, b") if worst else ((0, 2), "1990, c")
    (panel,) = panels_of(posterior(theta=theta), AXES, [Neck("sigma", "theta", "")], worst)
    assert (panel.entry, panel.x, panel.y) == (f"year, group {entry}", "theta", "log sigma")
    assert np.array_equal(panel.effect, theta[:, :, *place].ravel())


def test_panels_of_an_effect_without_labels_are_numbered():
    theta = np.random.default_rng(10).normal(size=(CHAINS, DRAWS, 2))
    found = panels_of(
        {"theta": theta, "tau": theta[..., 0]},
        Axes({}, {}),
        [Neck("tau", "theta", "")],
        ["theta[1]"],
    )
    assert [panel.entry for panel in found] == ["1"]


def test_panels_of_a_scalar_effect_name_no_entry():
    draws = {"theta": np.ones((CHAINS, DRAWS)), "tau": np.ones((CHAINS, DRAWS))}
    (panel,) = panels_of(draws, AXES, [Neck("tau", "theta", "")], ())
    assert panel.effect.shape == (CHAINS * DRAWS,)


def test_panels_of_draws_that_are_no_scale_are_not_finite():
    scale = np.array([[1.0, 0.0, -1.0, np.nan, np.inf]] * CHAINS)
    first, _ = panels_of(posterior(sigma_alpha=scale), AXES, MODEL.necks, ())
    assert np.isfinite(first.log_scale).tolist() == [True, False, False, False, False] * CHAINS


def test_panels_of_an_effect_that_was_never_finite_are_drawn_all_the_same():
    draws = posterior()
    draws["alpha"][:] = np.nan
    first, _ = panels_of(draws, AXES, MODEL.necks, ())
    assert np.isnan(first.effect).all()
