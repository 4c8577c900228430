import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.config.schema import DataConfig
from hierbench.errors import DataError
from hierbench.models.homes.datasets.assembly import assemble, encode, standardise
from hierbench.models.homes.datasets.table import Columns

COLUMNS = Columns(group="zip", x="area", y="price", x_name="area [m2]", y_name="price [EUR]")
FRAME = pd.DataFrame({"zip": ["b", "a", "b"], "area": [2.0, 4.0, 9.0], "price": [10.0, 30.0, 50.0]})

finite = st.floats(-1e6, 1e6)


def test_standardise_uses_the_population_sd():
    x, mean, sd = standardise(np.array([1.0, 3.0]), "area")
    assert (x.tolist(), mean, sd) == ([-1.0, 1.0], 2.0, 1.0)


@given(st.lists(finite, min_size=2).filter(lambda values: np.ptp(values) > 1e-3))
def test_standardise_then_inverse_is_the_identity(values):
    x, mean, sd = standardise(np.array(values), "area")
    np.testing.assert_allclose(x * sd + mean, values, atol=1e-9, rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e99])
def test_standardise_refuses_what_does_not_vary(value):
    with pytest.raises(DataError) as caught:
        standardise(np.full(7, value), "area")
    assert str(caught.value) == (
        f"column 'area' is {value:g} in every row; standardising needs values that vary; "
        "choose another data.x, or set data.standardize=false"
    )


@given(st.lists(st.text(), min_size=1))
def test_encode_round_trips(groups):
    codes, labels = encode(groups)
    assert [labels[code] for code in codes] == groups
    assert list(labels) == sorted(set(groups))


def test_assemble_scales_and_standardises():
    data = assemble(DataConfig(name="csv", y_scale=10.0), FRAME, COLUMNS)
    assert data.y.tolist() == [1.0, 3.0, 5.0]
    assert (data.x_mean, data.y_scale) == (5.0, 10.0)
    assert data.group.tolist() == [1, 0, 1]


def test_assemble_gives_the_way_back():
    data = assemble(DataConfig(name="csv", y_scale=10.0), FRAME, COLUMNS)
    np.testing.assert_allclose(data.original_x(data.x), FRAME["area"])
    np.testing.assert_allclose(data.original_y(data.y), FRAME["price"])


def test_assemble_leaves_x_alone_when_told():
    data = assemble(DataConfig(name="csv", standardize=False), FRAME.assign(area=1.0), COLUMNS)
    assert data.x.tolist() == [1.0, 1.0, 1.0]
    assert (data.x_mean, data.x_sd) == (0.0, 1.0)


def test_assemble_refuses_a_single_group():
    with pytest.raises(DataError) as caught:
        assemble(DataConfig(name="csv"), FRAME.assign(zip="a"), COLUMNS)
    assert str(caught.value) == (
        "data=csv: column 'zip' holds 1 group (a); a hierarchical model needs at least 2; "
        "group by another column"
    )


@pytest.mark.parametrize("column", ["area", "price"])
def test_arrays_sha256_changes_with_a_value(column):
    config = DataConfig(name="csv")
    changed = FRAME.assign(**{column: FRAME[column] + [0.0, 0.0, 1e-9]})
    before, after = (assemble(config, frame, COLUMNS) for frame in (FRAME, changed))
    assert before.arrays_sha256 != after.arrays_sha256


def test_arrays_sha256_changes_with_a_label():
    config = DataConfig(name="csv")
    renamed = FRAME.replace({"zip": {"b": "c"}})
    before, after = (assemble(config, frame, COLUMNS) for frame in (FRAME, renamed))
    assert before.arrays_sha256 != after.arrays_sha256
