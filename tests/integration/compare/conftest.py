"""One store of planted sweeps for all tests that only read."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from hierbench.records import RunStatus
from hierbench.tracking import Store
from tests.integration.compare.planted import FORMS, Planted, grid, plant_sweep
from tests.integration.sweeps.sweeping import empty_store


@dataclass(frozen=True)
class Planting:
    """A store, its folder, and the ids of its sweeps by what was planted."""

    folder: Path
    store: Store
    ids: dict[str, str]


KNOWN = {"known": 0.0, "same": 0.01, "moved": 0.4}
"""Means of mu_alpha in sweeps that have tables of parameters."""


def known(start: int, mean: float) -> list[Planted]:
    """Return cells whose posterior has this mean."""
    table = pd.DataFrame(
        {
            "parameter": ["mu_alpha"],
            "estimand": [True],
            "mean": [mean],
            "sd": [1.0],
            "mcse_mean": [0.02],
            "mcse_sd": [0.02],
        }
    )
    return [
        replace(cell, tags={"draws_digest": f"{start} {place}"}, parameters=table)
        for place, cell in enumerate(grid(2, forms=["centered"], start=start))
    ]


def sweeps() -> dict[str, list[Planted]]:
    """Return the cells of every sweep; the last is the latest."""
    other = {"data": "sacramento"}
    return {
        "old": [
            Planted(
                {"parameterization": form, "seed": str(seed)},
                {"ess_per_gradient": None, "seconds_per_gradient": None, "machine_speed": None},
                {"timing_valid": None, "timing_reasons": None},
            )
            for seed in (1, 2)
            for form in FORMS
        ],
        "one seed": grid(1),
        "elsewhere": [Planted({**other, "seed": str(seed)}) for seed in (1, 2)],
        **{name: known(start, mean) for start, (name, mean) in enumerate(KNOWN.items(), 11)},
        "slower": grid(5, times=1 / 1.7, start=1, tags={"draws_digest": "other"}),
        "gated": [
            *grid(3),
            *(
                Planted(
                    {"parameterization": "varying_sigma", "seed": str(seed)},
                    tags={"gate": "failed", "gate_failures": "r_hat_max 1.4"},
                )
                for seed in (1, 2, 3)
            ),
            Planted({"parameterization": "centered", "seed": "9"}, status=RunStatus.FAILED),
        ],
        "base": [
            *grid(5),
            *(
                Planted(
                    {"parameterization": form, "seed": str(seed), "prior.scale": "10"},
                    {"ess_per_second": 400.0 + 40 * seed + 5 * place},
                )
                for place, form in enumerate(FORMS)
                for seed in (1, 2, 3)
            ),
        ],
    }


@pytest.fixture(scope="session")
def planting(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    store = empty_store(folder)
    ids = {name: plant_sweep(store, cells) for name, cells in sweeps().items()}
    return Planting(folder, store, ids)
