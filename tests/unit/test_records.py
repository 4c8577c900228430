"""Records that cross modules: the hash of the data, and the way back to the user's units."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.records import Dataset, RunStatus, fingerprint_of

TABLE = Dataset(
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

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_dataset_group_sizes_count_empty_groups():
    assert TABLE.group_sizes.tolist() == [1, 0, 2]


def test_dataset_original_x_undoes_the_standardisation():
    assert TABLE.original_x(TABLE.x).tolist() == [60.0, 80.0, 100.0]


def test_dataset_original_y_undoes_the_scale():
    assert TABLE.original_y(TABLE.y).tolist() == [1e5, 2e5, 3e5]


def test_dataset_hash_is_of_the_values():
    assert replace(TABLE, x=TABLE.x.copy()).arrays_sha256 == TABLE.arrays_sha256


def test_dataset_hash_does_not_depend_on_memory_layout():
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
def test_dataset_hash_changes_with_what_the_models_see(change):
    assert replace(TABLE, **change).arrays_sha256 != TABLE.arrays_sha256


@pytest.mark.parametrize("change", [{"name": "x"}, {"y_scale": 1.0}, {"file_sha256": "0"}], ids=str)
def test_dataset_hash_changes_with_nothing_else(change):
    assert replace(TABLE, **change).arrays_sha256 == TABLE.arrays_sha256


def test_dataset_is_frozen():
    with pytest.raises(FrozenInstanceError):
        TABLE.name = "other"


def test_run_status_is_mlflows_word():
    assert f"{RunStatus.KILLED}" == "KILLED"


@given(st.dictionaries(st.text(), JSON))
def test_fingerprint_does_not_depend_on_the_order_of_keys(content):
    turned = dict(reversed(content.items()))
    assert fingerprint_of(turned) == fingerprint_of(content)


@given(JSON, JSON)
def test_fingerprint_of_lists_depends_on_their_order(first, second):
    same = repr(first) == repr(second)
    assert same or fingerprint_of([first, second]) != fingerprint_of([second, first])


def test_fingerprint_is_32_hexadecimal_digits():
    assert len(fingerprint_of({"a": 1})) == 32
    int(fingerprint_of({"a": 1}), 16)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_fingerprint_refuses_what_is_no_json(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        fingerprint_of({"a": value})
