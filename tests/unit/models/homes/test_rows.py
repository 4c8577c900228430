"""The rows of a table: their hash, the way back to the user's units, what a protocol asks."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from hierbench.dataset import Units
from hierbench.models.homes.rows import Rows

TABLE = Rows(
    name="homes",
    x=np.array([-1.0, 0.0, 1.0]),
    y=np.array([1.0, 2.0, 3.0]),
    group=np.array([0, 2, 2]),
    labels=("a", "b", "c"),
    x_name="area [m2]",
    y_name="price [EUR]",
    x_mean=80.0,
    x_sd=20.0,
    y_scale=1e5,
)


def test_rows_group_sizes_count_empty_groups():
    assert TABLE.group_sizes.tolist() == [1, 0, 2]


def test_rows_original_x_undoes_the_standardisation():
    assert TABLE.original_x(TABLE.x).tolist() == [60.0, 80.0, 100.0]


def test_rows_original_y_undoes_the_scale():
    assert TABLE.original_y(TABLE.y).tolist() == [1e5, 2e5, 3e5]


def test_rows_hash_is_of_the_values():
    assert replace(TABLE, x=TABLE.x.copy()).arrays_sha256 == TABLE.arrays_sha256


def test_rows_hash_does_not_depend_on_memory_layout():
    strided = np.repeat(TABLE.x, 2)[::2]
    assert replace(TABLE, x=strided).arrays_sha256 == TABLE.arrays_sha256


@pytest.mark.parametrize(
    "change",
    [
        {"x": np.array([-1.0, 0.0, 1.5])},
        {"y": np.array([1.0, 2.0, 3.5])},
        {"group": np.array([0, 1, 2])},
        {"labels": ("a", "b", "d")},
        {"labels": ("a", "bc", "")},
    ],
    ids=str,
)
def test_rows_hash_changes_with_what_the_models_see(change):
    assert replace(TABLE, **change).arrays_sha256 != TABLE.arrays_sha256


@pytest.mark.parametrize("change", [{"name": "x"}, {"y_scale": 1.0}, {"file_sha256": "0"}], ids=str)
def test_rows_hash_changes_with_nothing_else(change):
    assert replace(TABLE, **change).arrays_sha256 == TABLE.arrays_sha256


def test_rows_is_frozen():
    with pytest.raises(FrozenInstanceError):
        TABLE.name = "other"


def test_rows_scaling_says_the_way_back():
    minus = "\N{MINUS SIGN}"
    assert TABLE.scaling == f"y = price [EUR] / 100,000,  x = (area [m2] {minus} 80) / 20"


def test_rows_scaling_of_plain_data_is_the_names():
    raw = replace(TABLE, x_mean=0.0, x_sd=1.0, y_scale=1.0)
    assert raw.scaling == "y = price [EUR],  x = area [m2]"


def test_rows_are_data_of_a_model():
    assert TABLE.coords == {"group": ("a", "b", "c")}
    assert TABLE.sizes == {"rows": 3, "groups": 3}
    assert TABLE.units == Units("price [EUR]", 1e5)
    assert TABLE.observed is TABLE.y
    assert {name: value.shape for name, value in TABLE.constants.items()} == {
        "x": (3,),
        "group_index": (3,),
    }


def test_rows_summary_is_safe_in_markdown():
    odd = replace(TABLE, y_name="price *[EUR]*")
    assert odd.summary == r"3 rows, 3 groups; price \*[EUR]\* on area [m2]"


def test_rows_attrs_are_the_way_back():
    assert TABLE.attrs == {
        "x_name": "area [m2]",
        "x_mean": 80.0,
        "x_sd": 20.0,
        "y_name": "price [EUR]",
        "y_scale": 1e5,
    }
