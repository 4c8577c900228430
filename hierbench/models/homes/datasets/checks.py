"""What is allowed in a data set but likely not meant: one sentence each, never an error."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.models.homes.rows import Rows
from hierbench.tables import alike_sentence

__all__ = [
    "exact_fit_warnings",
    "exactly_fitted",
    "label_warnings",
    "scale_warnings",
    "warnings_for",
]

SD_LOW, SD_HIGH = 0.05, 20.0
"""Sds of y outside which the priors (sigmas of mean 5, mu_alpha of sd 20) hardly fit."""

ROUNDING = 1e-10
"""Residuals smaller than this share of their terms are rounding."""

NAMED_GROUPS = 5


def warnings_for(dataset: Rows) -> list[str]:
    """Return a sentence for each doubt about the data, none where there is none."""
    return [*label_warnings(dataset), *scale_warnings(dataset), *exact_fit_warnings(dataset)]


def label_warnings(dataset: Rows) -> list[str]:
    """Return a warning when labels of groups differ by blanks or case alone."""
    sentence = alike_sentence("groups", dataset.labels)
    return [sentence] if sentence else []


def scale_warnings(dataset: Rows) -> list[str]:
    """Return a warning when the sd of y is far from the priors' scale."""
    sd = float(dataset.y.std())
    if SD_LOW <= sd <= SD_HIGH:
        return []
    if sd <= 1e-12 * np.abs(dataset.y).max():
        return [
            f"{dataset.y_name} is {dataset.original_y(dataset.y[0]):g} in every row, so there is "
            "nothing to explain; choose another outcome"
        ]
    y_scale = 10.0 ** round(np.log10(sd * dataset.y_scale))
    return [
        f"y has sd {sd:.3g} with data.y_scale={dataset.y_scale:g}, and the priors are made for "
        f"sds of {SD_LOW:g} to {SD_HIGH:g}; set data.y_scale={y_scale:.15g} to bring it near 1"
    ]


def exact_fit_warnings(dataset: Rows) -> list[str]:
    """Return a warning that names the groups of `exactly_fitted`, if any."""
    codes = np.flatnonzero(exactly_fitted(dataset))
    if not codes.size:
        return []
    named = ", ".join(dataset.labels[code] for code in codes[:NAMED_GROUPS])
    more = f" and {codes.size - NAMED_GROUPS} more" if codes.size > NAMED_GROUPS else ""
    return [
        f"a line fits all rows of {codes.size} of {len(dataset.labels)} groups exactly with rows "
        f"to spare ({named}{more}), so parameterization=varying_sigma has no proper posterior "
        "there; remove repeated rows or use another parameterization"
    ]


def exactly_fitted(dataset: Rows) -> NDArray[np.bool_]:
    """Return which groups leave sigma[group] no proper posterior, dims (group,).

    With alpha and beta integrated out, the likelihood of a group of n rows on one line goes as
    sigma^(r - n) when sigma goes to 0, r = 1 or 2 the rank of its design (1, x). Under a prior
    density above 0 at 0, as the Exponential's, that has no finite integral unless n = r.
    """
    group, count = dataset.group, len(dataset.labels)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(group, values, count)

    sizes = dataset.group_sizes
    distinct = pd.DataFrame({"group": group, "x": dataset.x}).drop_duplicates()["group"]
    rank = np.minimum(np.bincount(distinct, minlength=count), 2)
    x = dataset.x - (total(dataset.x) / sizes)[group]
    y = dataset.y - (total(dataset.y) / sizes)[group]
    slope = np.divide(total(x * y), total(x * x), out=np.zeros(count), where=rank == 2)
    squares = total((y - slope[group] * x) ** 2)
    rounding = ROUNDING**2 * (total(dataset.y**2) + slope**2 * total(dataset.x**2))
    return np.asarray((squares <= rounding) & (sizes > rank))
