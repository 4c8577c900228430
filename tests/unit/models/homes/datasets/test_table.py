import hashlib
from pathlib import Path

import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.models.homes.datasets.table import (
    Columns,
    file_sha256,
    observations,
    required_key,
)
from hierbench.tables import read_table

COLUMNS = Columns(group="zip", x="area", y="price", x_name="area", y_name="price")
HEADER = "zip,area,price"


def read(path: Path):
    return observations(read_table(path, COLUMNS.needed), COLUMNS, "set data.x")


def fault_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    return str(caught.value).replace(str(path), "FILE")


def test_labels_are_the_text_of_the_file(write_file):
    path = write_file(HEADER, "01067,1,2", "98178,1,2", "1.0,1,2", " a,1,2")
    assert list(read(path)["zip"]) == ["01067", "98178", "1.0", " a"]


def test_rows_keep_the_order_of_the_file(write_file):
    path = write_file(HEADER, "b,3,1", "", "a,1,2")
    assert list(read(path)["area"]) == [3.0, 1.0]


def test_numbers_read_back_to_the_same_float(write_file):
    values = np.random.default_rng(1).lognormal(0, 20, 500)
    path = write_file(HEADER, *(f"a,{value!r},0" for value in values.tolist()))
    np.testing.assert_array_equal(read(path)["area"], values)


def test_file_sha256_is_of_the_bytes(write_file):
    path = write_file(HEADER)
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "cell", ["big", "nan", "inf", "-inf", "1e400", "1e200", "12.5 m2", "1_000", "True", "0x1F"]
)
@pytest.mark.parametrize("column", ["area", "price"])
def test_cell_that_is_no_finite_number_is_named(write_file, column, cell):
    row = f"b,{cell},1" if column == "area" else f"b,1,{cell}"
    path = write_file(HEADER, "a,1,2", "a,2,2", row)
    assert fault_of(path) == (
        f"FILE: column '{column}' holds '{cell}' in line 4; every row needs a finite number "
        "(at most 1e+100 in size); correct the row or remove it"
    )


def test_empty_number_is_named(write_file):
    assert "column 'price' is empty in line 2;" in fault_of(write_file(HEADER, "a,1,"))


def test_further_bad_rows_are_counted(write_file):
    path = write_file(HEADER, "a,x,1", "a,1,1", "b,y,1", "b,z,1")
    assert "holds 'x' in line 2 (and 2 more);" in fault_of(path)


@pytest.mark.parametrize("label", ["", "  "])
def test_missing_label_is_named(write_file, label):
    path = write_file(HEADER, "a,1,2", f"{label},1,2")
    assert fault_of(path) == (
        "FILE: column 'zip' is empty in line 3; every row needs a label; "
        "correct the row or remove it"
    )


def test_label_that_stands_for_a_missing_one_is_named(write_file):
    path = write_file(HEADER, "a,1,2", "NA,1,2")
    assert fault_of(path) == (
        "FILE: column 'zip' holds 'NA' in line 3, which counts as missing; every row needs a "
        "label; correct the row or remove it"
    )


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x9b", "\u202e"])
def test_label_with_a_control_character_is_named(write_file, character):
    """The store's database ends a text at a NUL: two labels would become one."""
    path = write_file(HEADER, "a,1,2", f"a{character}b,1,2")
    assert "in line 3; every row needs text without control characters" in fault_of(path)


@pytest.mark.parametrize(
    "content",
    [
        '{"zip": ["a", "b"], "area": [1, 2, 3], "price": [1, 2]}',
        '{"zip": ["a"], "area": [[1, 2]], "price": [[1, 2]]}',
        '{"zip": "a", "area": 1, "price": 2}',
    ],
)
def test_columns_of_other_shapes_are_refused(tmp_path, content):
    path = tmp_path / "homes.json"
    path.write_text(content)
    assert "group, x and y need one dimension and as many rows each" in fault_of(path)


def test_missing_column_lists_the_columns(write_file):
    assert fault_of(write_file("zip,sqft,price", "a,1,2")) == (
        "FILE has no column 'area'; its columns are zip, sqft, price; set data.x"
    )


@pytest.mark.parametrize("value", [None, ""])
def test_required_key_that_is_missing(value):
    config = DataConfig(name="csv", path=value)
    with pytest.raises(
        ConfigError, match=r"^data.path is not set, and data=csv needs it; do this$"
    ):
        required_key(config, "path", "do this")
