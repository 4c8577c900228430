from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.models.homes.datasets import csv_file
from hierbench.models.homes.datasets.table import file_sha256
from tests.unit.tables.written import WRITERS, piped

HEADER = "zip,area,price"
KEYS: dict[str, Any] = {"name": "csv", "group": "zip", "x": "area", "y": "price"}


@pytest.fixture
def path(write_file):
    return str(write_file(HEADER, "01067,3,100", "98178,1,300", "01067,2,200"))


def test_csv_loads_in_file_order(path):
    data = csv_file.load(DataConfig(**KEYS, path=path, y_scale=100, standardize=False))
    assert data.x.tolist() == [3.0, 1.0, 2.0]
    assert data.y.tolist() == [1.0, 3.0, 2.0]
    assert data.labels == ("01067", "98178")
    assert data.group.tolist() == [0, 1, 0]


def test_csv_names_are_the_columns(path):
    data = csv_file.load(DataConfig(**KEYS, path=path))
    assert (data.name, data.x_name, data.y_name) == ("csv", "area", "price")


def test_csv_keeps_the_checksum_of_the_file(path):
    data = csv_file.load(DataConfig(**KEYS, path=path))
    assert data.file_sha256 == file_sha256(Path(path))


def test_csv_path_that_is_missing():
    with pytest.raises(ConfigError) as caught:
        csv_file.load(DataConfig(**KEYS))
    assert str(caught.value) == (
        "data.path is not set, and data=csv needs it; set data.path, data.group, data.x and "
        "data.y to a table (CSV, Parquet, JSON or netCDF) and columns of it"
    )


@pytest.mark.parametrize("key", ["group", "x", "y"])
def test_csv_column_that_is_not_named_lists_the_files(path, key):
    keys = KEYS | {"path": path, key: None}
    with pytest.raises(ConfigError) as caught:
        csv_file.load(DataConfig(**keys))
    assert str(caught.value) == (
        f"data.{key} is not set, and data=csv needs it; set data.group, data.x and data.y to "
        f"columns of {path}: zip, area, price"
    )


def test_csv_file_that_does_not_exist_comes_before_its_columns(tmp_path):
    with pytest.raises(DataError, match=r"homes.csv does not exist"):
        csv_file.load(DataConfig(name="csv", path=str(tmp_path / "homes.csv")))


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_with_other_marks_than_commas(write_file, mark):
    path = str(write_file(*(line.replace(",", mark) for line in (HEADER, "a,1,2", "b,2,3"))))
    with pytest.raises(DataError, match=r"; save the table with commas between its columns$"):
        csv_file.load(DataConfig(**KEYS, path=path))


def test_csv_column_named_twice(path):
    with pytest.raises(ConfigError, match="three different columns are needed; choose another"):
        csv_file.load(DataConfig(**KEYS | {"y": "area"}, path=path))


def test_csv_column_that_is_missing(path):
    with pytest.raises(DataError, match=r"no column 'sqft'; its columns are zip, area, price; set"):
        csv_file.load(DataConfig(**KEYS | {"x": "sqft"}, path=path))


def test_csv_single_group(write_file):
    path = str(write_file(HEADER, "a,1,2", "a,2,3"))
    with pytest.raises(DataError, match="needs at least 2"):
        csv_file.load(DataConfig(**KEYS, path=path))


def test_csv_constant_x_may_stay_unstandardised(write_file):
    path = str(write_file(HEADER, "a,1,2", "b,1,3"))
    with pytest.raises(DataError, match="column 'area' is 1 in every row"):
        csv_file.load(DataConfig(**KEYS, path=path))
    data = csv_file.load(DataConfig(**KEYS, path=path, standardize=False))
    np.testing.assert_array_equal(data.x, 1.0)


@pytest.mark.parametrize("kind", WRITERS)
def test_csv_takes_every_kind_of_table(tmp_path, path, kind):
    columns = {"zip": ["01067", "98178", "01067"], "area": [3, 1, 2], "price": [100, 300, 200]}
    other = WRITERS[kind](tmp_path / f"homes.{kind}", columns)
    found = csv_file.load(DataConfig(**KEYS, path=str(other), y_scale=100))
    assert (
        found.arrays_sha256
        == csv_file.load(DataConfig(**KEYS, path=path, y_scale=100)).arrays_sha256
    )
    assert found.file_sha256 == file_sha256(other)


def test_csv_reads_a_pipe_once(tmp_path):
    text = f"{HEADER}\n01067,3,100\n98178,1,300\n"
    with piped(text) as path:
        shared = KEYS | {"path": path}
        found = [csv_file.load(DataConfig(**shared, standardize=one)) for one in (True, False)]
    assert [len(one.y) for one in found] == [2, 2]


def test_csv_says_that_blanks_were_dropped(write_file):
    path = str(write_file("zip, area, price", "a, 1, 2", "b, 2, 3"))
    assert csv_file.load(DataConfig(**KEYS, path=path)).notes == (
        f"{path}: blanks after commas were dropped",
    )
