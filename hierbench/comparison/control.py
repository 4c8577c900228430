"""Whether the gate caught the negative control: a gate that passes it cannot be trusted."""

import numpy as np
import pandas as pd

from hierbench.comparison.settings import finished_of, gated
from hierbench.models import MODELS, Trait

__all__ = ["NEGATIVE_CONTROL", "negative_control"]

(NEGATIVE_CONTROL,) = (
    name
    for model in MODELS.values()
    for name, form in model.forms.items()
    if Trait.CONTROL in form.traits
)
"""The one form that is deliberately bad."""


def negative_control(cells: pd.DataFrame) -> list[str]:
    """Return a sentence per data set on which cells of the negative control finished.

    `cells` is a table as `cells_frame` gives it. A cell whose gate has no threshold was not
    checked, and a failed cell found nothing.
    """
    if "parameterization" not in cells:
        return []
    controls = cells[finished_of(cells) & (cells["parameterization"] == NEGATIVE_CONTROL)]
    checked = gated(controls)
    data = controls["data"].to_numpy() if "data" in controls else np.full(len(controls), "")
    failed = (controls["gate"] == "failed").to_numpy()
    return [
        sentence(
            name, int(checked[data == name].sum()), int((checked & failed)[data == name].sum())
        )
        for name in sorted(set(data))
    ]


def sentence(data: str, checked: int, caught: int) -> str:
    """Return what is to be said of the negative control on one data set.

    >>> sentence("ames", 6, 6)
    'Negative control caught on ames: 6 of 6 varying_sigma cells failed the gate.'
    """
    if not checked:
        return f"Negative control not checked on {data}: {NEGATIVE_CONTROL} ran without a gate."
    if not caught:
        return (
            f"Negative control not caught on {data}: {checked} of {checked} {NEGATIVE_CONTROL} "
            "cells passed the gate."
        )
    return (
        f"Negative control caught on {data}: {caught} of {checked} {NEGATIVE_CONTROL} cells failed "
        "the gate."
    )
