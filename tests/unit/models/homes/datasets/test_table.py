import hashlib
from pathlib import Path

import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.models.homes.datasets.table import (
    Columns,
    file_sha256,
    read_observations,
    read_table,
    required_key,
)

COLUMNS = Columns(group="zip", x="area", y="price", x_name="area", y_name="price")
HEADER = "zip,area,price"


def fault_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_observations(path, COLUMNS, "set data.x")
    return str(caught.value).replace(str(path), "FILE")


def test_labels_are_the_text_of_the_file(write_file):
    path = write_file(HEADER, "01067,1,2", "98178,1,2", "NA,1,2", " a,1,2")
    assert list(read_observations(path, COLUMNS, "")["zip"]) == ["01067", "98178", "NA", " a"]


def test_rows_keep_the_order_and_line_of_the_file(write_file):
    path = write_file(HEADER, "b,3,1", "", "a,1,2")
    frame = read_observations(path, COLUMNS, "")
    assert list(frame["area"]) == [3.0, 1.0]
    assert list(frame.index) == [2, 4]


def test_quoted_line_breaks_count_as_lines(write_file):
    path = write_file("note,zip,area,price", '"two\nlines",a,1,2', ",b,x,2")
    assert "holds 'x' in line 4;" in fault_of(path)


def test_byte_order_mark_is_no_part_of_the_header(tmp_path):
    path = tmp_path / "homes.csv"
    path.write_text(f"{HEADER}\na,1,2\n", encoding="utf-8-sig")
    assert len(read_observations(path, COLUMNS, "")) == 1


def test_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "homes.csv"
    path.write_bytes(f"{HEADER}\r\na,1,2\r\nb,3,4\r\n".encode())
    assert list(read_observations(path, COLUMNS, "").index) == [2, 3]


def test_numbers_read_back_to_the_same_float(write_file):
    values = np.random.default_rng(1).lognormal(0, 20, 500)
    path = write_file(HEADER, *(f"a,{value!r},0" for value in values.tolist()))
    np.testing.assert_array_equal(read_observations(path, COLUMNS, "")["area"], values)


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


def test_label_with_a_nul_byte_is_named(write_file):
    """The store's database ends a text at it: two labels would become one."""
    path = write_file(HEADER, "a,1,2", "a\0b,1,2")
    assert "in line 3; every row needs text without NUL bytes" in fault_of(path)


def test_missing_column_lists_the_columns(write_file):
    assert fault_of(write_file("zip,sqft,price", "a,1,2")) == (
        "FILE has no column 'area'; its columns are zip, sqft, price; set data.x"
    )


def test_column_that_stands_twice_is_refused(write_file):
    assert "has two columns 'area'" in fault_of(write_file("zip,area,area,price", "a,1,2,3"))


def test_missing_file():
    assert fault_of(Path("nowhere.csv")) == ("FILE does not exist; give the path of a CSV file")


def test_directory(tmp_path):
    assert fault_of(tmp_path) == "FILE is a directory; give the path of a CSV file in it"


def test_path_through_a_file(write_file):
    assert "cannot be read (Not a directory);" in fault_of(write_file(HEADER) / "deeper.csv")


@pytest.mark.parametrize("lines", [[], [""], ["", ""]])
def test_empty_file(write_file, lines):
    assert fault_of(write_file(*lines)) == (
        "FILE is empty; a table is a header line and rows; choose another file"
    )


def test_header_only(write_file):
    assert fault_of(write_file(HEADER)) == (
        "FILE has a header and no rows; a table needs both; add rows"
    )


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff", "zip,area\n".encode("utf-16-le")])
def test_binary_file(tmp_path, content):
    path = tmp_path / "homes.csv"
    path.write_bytes(content)
    assert fault_of(path).startswith("FILE is not CSV text (")


def test_open_quote(write_file):
    assert fault_of(write_file(HEADER, '"a,1,2')).startswith("FILE is not CSV text (")


@pytest.mark.parametrize("row", ["a,1", "a,1,2,3"])
def test_row_of_another_length_is_named(write_file, row):
    message = fault_of(write_file(HEADER, "a,1,2", row))
    assert f"line 3 has {row.count(',') + 1} cells and the header has 3;" in message


def test_read_table_leaves_text_alone(write_file):
    frame = read_table(write_file(HEADER, "007, 1 ,x"), ("price", "area"), "")
    assert frame.to_dict("list") == {"price": ["x"], "area": [" 1 "]}


@pytest.mark.parametrize("value", [None, ""])
def test_required_key_that_is_missing(value):
    config = DataConfig(name="csv", path=value)
    with pytest.raises(
        ConfigError, match=r"^data.path is not set, and data=csv needs it; do this$"
    ):
        required_key(config, "path", "do this")
