"""z scores against a planted truth and a planted reference, with ArviZ's standard errors."""

import arviz as az
import numpy as np
import pytest

from hierbench.config.schema import GateConfig
from hierbench.diagnostics import diagnose
from hierbench.models.homes import MODEL
from hierbench.records import Axes, Fit, Reference

CHAINS, DRAWS, GROUPS = 4, 500, ("a", "b", "c")
LOCATIONS = {"mu_alpha": np.array(1.0), "alpha": np.array([2.0, -1.0, 0.5])}


def posterior():
    """Return AR(1) draws of unit variance about `LOCATIONS`, and one inner variable."""
    rng = np.random.default_rng(11)
    found = {}
    for name, location in LOCATIONS.items():
        noise = rng.normal(size=(CHAINS, DRAWS, *location.shape))
        for t in range(1, DRAWS):
            noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
        found[name] = location + noise
    return found | {"alpha_offset": rng.normal(size=(CHAINS, DRAWS, 3))}


def diagnosed(draws=None, **known):
    draws = draws or posterior()
    stats = {"diverging": np.zeros((CHAINS, DRAWS), dtype=bool)}
    fit = Fit(draws, stats, {}, {}, 1.0, 1.0)
    axes = Axes(dict.fromkeys(("alpha", "alpha_offset"), ("group",)), {"group": GROUPS})
    return diagnose(fit, blocks=MODEL.blocks, necks=(), axes=axes, gate=GateConfig(), **known)


def reference_of(shift=0.0, stretch=1.0, mcse=0.05):
    """Return a reference of sd 1, its means shifted and its sds stretched."""
    return Reference(
        name="planted",
        mean={name: value + shift for name, value in LOCATIONS.items()},
        sd={name: np.full_like(value, stretch) for name, value in LOCATIONS.items()},
        mcse_mean={name: np.full_like(value, mcse) for name, value in LOCATIONS.items()},
        mcse_sd={name: np.full_like(value, mcse) for name, value in LOCATIONS.items()},
    )


def estimand_values(function):
    """Return `function` of each estimand's draws, in order, dims (parameter,)."""
    draws = posterior()
    columns = [draws["mu_alpha"], *np.moveaxis(draws["alpha"], 2, 0)]
    return np.array([function(column) for column in columns])


def mcse(column, method):
    return float(az.mcse(az.from_dict({"posterior": {"x": column}}), method=method)["x"])


def nan_in(name):
    draws = posterior()
    draws[name][1, 2] = np.nan
    return draws


# Truth


def test_truth_z_is_the_distance_in_posterior_sds():
    true = np.concatenate([[1.0], LOCATIONS["alpha"]])
    means, sds = estimand_values(np.mean), estimand_values(lambda x: np.std(x, ddof=1))
    found = diagnosed(truth=LOCATIONS).metrics["truth_z_max"]
    assert found == pytest.approx(np.max(np.abs(means - true) / sds))


def test_truth_that_is_wrong_is_found():
    truth = {**LOCATIONS, "alpha": np.array([2.0, 5.0, 0.5])}
    assert diagnosed(truth=truth).metrics["truth_z_max"] == pytest.approx(6.0, rel=0.1)


def test_truth_of_one_value_serves_every_group():
    same = {"alpha": np.array(0.5)}
    each = {"alpha": np.full(3, 0.5)}
    assert diagnosed(truth=same).metrics == diagnosed(truth=each).metrics


def test_truth_scores_are_in_the_table():
    found = diagnosed(truth={"mu_alpha": np.array(1.0)})
    assert np.isfinite(found.parameters["truth_z"]).tolist() == [True] + [False] * 6


@pytest.mark.parametrize("truth", [None, {}, {"rho": np.array(0.7)}])
def test_truth_of_nothing_gives_no_metric(truth):
    assert "truth_z_max" not in diagnosed(truth=truth).metrics


def test_truth_of_an_inner_variable_does_not_count():
    assert "truth_z_max" not in diagnosed(truth={"alpha_offset": np.array(99.0)}).metrics


def test_truth_z_of_draws_that_are_not_finite_is_undefined():
    assert np.isnan(diagnosed(nan_in("mu_alpha"), truth=LOCATIONS).metrics["truth_z_max"])


def test_truth_z_leaves_a_constant_out():
    draws = {**posterior(), "mu_alpha": np.full((CHAINS, DRAWS), 7.0)}
    assert diagnosed(draws, truth=LOCATIONS).metrics["truth_z_max"] < 1.0


# Reference


def test_reference_z_is_the_distance_in_both_standard_errors():
    reference = reference_of(shift=0.3)
    errors = estimand_values(lambda x: np.hypot(mcse(x, "mean"), 0.05))
    expected = np.abs(estimand_values(np.mean) - np.array([1.3, 2.3, -0.7, 0.8])) / errors
    found = diagnosed(reference=reference).metrics["reference_z_max"]
    assert found == pytest.approx(expected.max(), rel=1e-9)


def test_reference_z_sees_a_wrong_sd():
    errors = estimand_values(lambda x: np.hypot(mcse(x, "sd"), 0.05))
    expected = np.abs(estimand_values(lambda x: np.std(x, ddof=1)) - 1.5) / errors
    found = diagnosed(reference=reference_of(stretch=1.5)).metrics["reference_z_max"]
    assert found == pytest.approx(expected.max(), rel=1e-9)


def test_reference_that_is_right_is_near():
    """8 scores of Normals: 4 is passed once in 2,000."""
    assert diagnosed(reference=reference_of()).metrics["reference_z_max"] < 4


def test_reference_without_error_of_its_own_counts_ours():
    exact = diagnosed(reference=reference_of(shift=0.3, mcse=0.0)).metrics["reference_z_max"]
    assert exact > diagnosed(reference=reference_of(shift=0.3)).metrics["reference_z_max"]


def test_reference_z_of_draws_that_are_not_finite_is_undefined():
    found = diagnosed(nan_in("alpha"), reference=reference_of())
    assert np.isnan(found.metrics["reference_z_max"])


def test_reference_unknown_gives_no_metric():
    assert "reference_z_max" not in diagnosed().metrics
