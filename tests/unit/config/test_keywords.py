"""Keywords of the API give the values that they hold, whatever their characters."""

from pathlib import Path

import numpy as np
import pytest

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.keywords import overrides_of


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"seed": 3}, ["seed=3"]),
        ({"seed": (1, 2)}, ["seed=1,2"]),
        ({"seed": range(1, 4)}, ["seed=1,2,3"]),
        ({"seed": np.arange(1, 4)}, ["seed=1,2,3"]),
        ({"seed": np.int64(3)}, ["seed=3"]),
        ({"seed": [np.int64(3), 4]}, ["seed=3,4"]),
        ({"seed": "range(1,4)"}, ["seed=range(1,4)"]),
        ({"prior.scale": np.array([0.5, 1e-5])}, ["prior.scale=0.5,1e-05"]),
        (
            {"prior": {"name": "notebook", "scale": [1, 2]}},
            ["prior.name=notebook", "prior.scale=1,2"],
        ),
        ({"limits": {"cell_mib": None}}, ["limits.cell_mib=null"]),
        ({"fit": True}, ["fit=true"]),
        ({"plots.groups": ["01067", "a b"]}, ["plots.groups=['01067','a b']"]),
        ({"parameterization": ["centered", "marginal"]}, ["parameterization=centered,marginal"]),
    ],
    ids=str,
)
def test_keywords_are_spelled_as_on_the_command_line(keys, expected):
    assert overrides_of([], keys) == expected


@pytest.mark.parametrize(
    "text", ["a b.csv", "a,b.csv", "it's.csv", "a\\", "${oc.env:HOME}", "null", "1e3", "[x]", "ü"]
)
@pytest.mark.parametrize("kind", [Path, lambda text: [text]])
def test_path_and_text_in_a_list_stand_for_themselves(text, kind):
    (override,) = overrides_of([], {"data.path": kind(text)})
    with composer() as hydra:
        config = to_config(compose_cell(hydra, ["data=csv", override]))
    assert Path(config.data.path).name == text
