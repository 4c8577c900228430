"""Distance to a reference, on tables with planted figures."""

import numpy as np
import pandas as pd
import pytest

from hierbench.agreement.reference import Known, distances
from hierbench.agreement.settings import Rival
from hierbench.diagnostics.convergence import convergence
from hierbench.diagnostics.rightness import reference_scores
from hierbench.records import Axes, Reference

NAMES = ["alpha[a]", "alpha[b]", "mu_alpha"]
"""In another order than the reference's."""

AXES = Axes({"alpha": ("group",)}, {"group": ("a", "b")})


def reference(mcse=0.0):
    values = {"mu_alpha": np.array(1.0), "alpha": np.array([2.0, 3.0])}
    sds = {"mu_alpha": np.array(0.5), "alpha": np.array([1.0, 2.0])}
    errors = {name: np.full(value.shape, mcse) for name, value in values.items()}
    return Reference("known", mean=values, sd=sds, mcse_mean=errors, mcse_sd=errors)


KNOWN = {"p": Known(reference(), AXES)}


def table(mean=(2.0, 3.0, 1.0), sd=(1.0, 2.0, 0.5), mcse=0.01):
    return pd.DataFrame(
        {
            "parameter": NAMES,
            "estimand": True,
            "mean": mean,
            "sd": sd,
            "mcse_mean": mcse,
            "mcse_sd": mcse,
        }
    )


def found(*tables, known=KNOWN):
    return distances({7: Rival("p", "centered", tables)}, known, 0.01)[0][7]


def test_distance_of_the_truth_is_none():
    of = found(table())
    assert (of.mean_error, of.sd_error, of.differs) == (0, 0, False)


def test_distance_is_in_the_references_sds():
    of = found(table(mean=(2.0, 3.5, 1.0), sd=(1.0, 2.0, 0.6)))
    assert of.mean_error == pytest.approx(0.25)
    assert of.sd_error == pytest.approx(0.2)


def test_distance_names_the_parameter_furthest_in_standard_errors():
    of = found(table(mean=(2.0, 3.5, 1.0)))
    assert of.differs
    assert (of.shift.parameter, of.shift.what) == ("alpha[b]", "mean")
    assert of.shift.z == pytest.approx(50)


def test_distance_counts_the_references_own_error():
    known = {"p": Known(reference(mcse=0.02), AXES)}
    of = found(table(mean=(2.0, 3.5, 1.0)), known=known)
    assert of.shift.z == pytest.approx(0.5 / np.hypot(0.01, 0.02))


def test_distance_pools_the_seeds():
    of = found(*[table(mean=(2.0, 3.5, 1.0))] * 4)
    assert of.shift.z == pytest.approx(100)


def test_distance_without_a_reference_is_not_there():
    against, _ = distances({0: Rival("q", "centered", [table()])}, KNOWN, 0.01)
    assert against == {}


def test_distance_of_one_cell_is_the_cells_own_scores():
    """reference_z_mean and reference_z_sd of its table are made when it is fitted."""
    draws = np.random.default_rng(1).normal((2.0, 3.0, 1.0), (1.0, 2.0, 0.5), (4, 200, 3))
    of = convergence(draws)
    shapes = {"alpha": (2,), "mu_alpha": ()}
    scores = reference_scores(of, shapes, reference(mcse=0.02)).columns
    columns = {name: getattr(of, name) for name in ("mean", "sd", "mcse_mean", "mcse_sd")}
    one = pd.DataFrame({"parameter": NAMES, "estimand": True, **columns})
    known = {"p": Known(reference(mcse=0.02), AXES)}
    assert abs(found(one, known=known).shift.z) == pytest.approx(
        max(np.abs(score).max() for score in scores.values())
    )
