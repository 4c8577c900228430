from dataclasses import replace

import numpy as np
import pytest

from hierbench.models.homes.datasets.checks import exactly_fitted, warnings_for
from hierbench.models.homes.rows import Rows


def dataset_of(groups, *, y_scale=1.0):
    """Build a data set from (x, y) pairs of each group."""
    rows = [(code, x, y) for code, pairs in enumerate(groups) for x, y in pairs]
    group, x, y = (np.array(column) for column in zip(*rows, strict=True))
    return Rows(
        name="test",
        x=x.astype(float),
        y=y.astype(float),
        group=group.astype(np.int64),
        labels=tuple(f"g{code}" for code in range(len(groups))),
        x_name="area",
        y_name="price",
        y_scale=y_scale,
    )


SCATTER = [(0.0, 1.0), (1.0, 3.0), (2.0, -1.0)]


def test_nothing_to_warn_of():
    assert warnings_for(dataset_of([SCATTER, SCATTER])) == []


def test_labels_that_look_alike_are_pointed_out():
    (warning,) = warnings_for(replace(dataset_of([SCATTER, SCATTER]), labels=("Ulm", "ulm ")))
    assert warning.startswith("groups: 'Ulm', 'ulm ' differ by blanks or case alone")


@pytest.mark.parametrize(
    ("factor", "y_scale", "advice"),
    [(1e5, 1.0, "100000"), (1e-3, 1.0, "0.001"), (1e3, 100.0, "100000"), (30.0, 1.0, "100")],
)
def test_scale_far_from_the_priors(factor, y_scale, advice):
    groups = [[(x, factor * y) for x, y in SCATTER]] * 2
    (warning,) = warnings_for(dataset_of(groups, y_scale=y_scale))
    assert warning.startswith("y has sd ")
    assert f"set data.y_scale={advice} to bring it near 1" in warning


def test_advised_scale_silences_the_warning():
    groups = [[(x, 3.7e5 * y) for x, y in SCATTER]] * 2
    scaled = [[(x, 3.7 * y) for x, y in SCATTER]] * 2
    assert warnings_for(dataset_of(groups)) != []
    assert warnings_for(dataset_of(scaled, y_scale=1e5)) == []


def test_constant_outcome():
    warnings = warnings_for(dataset_of([[(0, 2), (1, 2)], [(0, 2), (3, 2)]], y_scale=10.0))
    assert warnings == [
        "price is 20 in every row, so there is nothing to explain; choose another outcome"
    ]


@pytest.mark.parametrize(
    ("pairs", "exact"),
    [
        ([(1.0, 0.3)], False),
        ([(1.0, 0.3), (2.0, 0.7)], False),
        ([(1.0, 0.3), (1.0, 0.3)], True),
        ([(1.0, 0.3), (1.0, 0.4)], False),
        ([(1.0, 0.3), (1.0, 0.3), (2.0, 0.7)], True),
        ([(0.1, 0.3), (0.2, 0.6), (0.3, 0.9)], True),
        ([(0.1, 0.3), (0.2, 0.6), (0.3, 0.9 + 1e-6)], False),
        ([(1.0, 0.0), (1.0, 0.0), (1.0, 0.0)], True),
    ],
)
def test_exactly_fitted(pairs, exact):
    assert exactly_fitted(dataset_of([SCATTER, pairs])).tolist() == [False, exact]


@pytest.mark.parametrize("shift", [0.0, 1e4, -1e4])
def test_exactly_fitted_far_from_zero(shift):
    line = [(x + shift, 3 + 0.7 * x + shift) for x in (0.1, 0.7, 1.9, 2.3)]
    assert exactly_fitted(dataset_of([SCATTER, line])).tolist() == [False, True]


def test_exact_fit_names_the_groups():
    twins = [(1.0, 0.3), (1.0, 0.3)]
    (warning,) = warnings_for(dataset_of([SCATTER, twins, twins]))
    assert warning == (
        "a line fits all rows of 2 of 3 groups exactly with rows to spare (g1, g2), so "
        "parameterization=varying_sigma has no proper posterior there; remove repeated rows or "
        "use another parameterization"
    )


def test_exact_fit_names_a_few_groups_only():
    twins = [(1.0, 0.3), (1.0, 0.3)]
    (warning,) = warnings_for(dataset_of([SCATTER, *7 * [twins]]))
    assert "(g1, g2, g3, g4, g5 and 2 more)" in warning
