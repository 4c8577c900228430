import datetime
import decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hierbench.tables import parquet, read_table


@pytest.fixture
def write(tmp_path):
    def write(table, **of):
        path = tmp_path / "table.parquet"
        pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **of)
        return path

    return write


@pytest.mark.parametrize(
    ("array", "values", "dtype"),
    [
        (pa.array([1, 2], pa.int8()), [1, 2], "int64"),
        (pa.array([1, 2], pa.uint64()), [1, 2], "int64"),
        (pa.array([0.5, 2], pa.float32()), [0.5, 2], "float64"),
        (pa.array([0.5, 2], pa.float16()), [0.5, 2], "float64"),
        (pa.array([True, False]), [1, 0], "int64"),
        (pa.array(["01067", "1"]), ["01067", "1"], "object"),
        (pa.array(["NA", "1"]), ["NA", "1"], "object"),
        (pa.array(["x", "y"], pa.large_string()), ["x", "y"], "object"),
        (pa.array(["x", "x"]).dictionary_encode(), ["x", "x"], "object"),
        (pa.array([5, 5]).dictionary_encode(), [5, 5], "int64"),
        (pa.array([decimal.Decimal("1.5"), decimal.Decimal("2")]), [1.5, 2], "float64"),
    ],
    ids=str,
)
def test_types(write, array, values, dtype):
    found = read_table(write({"a": array})).columns["a"]
    assert (found.tolist(), str(found.dtype)) == (values, dtype)


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, None]),
        pa.array([1.5, None]),
        pa.array([1.5, float("nan")]),
        pa.array(["x", None]),
        pa.array(["x", ""]),
        pa.array([True, None]),
        pa.array(["x", None]).dictionary_encode(),
        pa.array([5, None]).dictionary_encode(),
        pa.array([decimal.Decimal("1.5"), None]),
    ],
    ids=str,
)
def test_a_missing_value_is_named(write, fault_of, array):
    path = write({"a": array, "b": [1, 2]})
    assert fault_of(path, "a").startswith("FILE: column 'a' ")
    assert "in row 2" in fault_of(path, "a")
    assert read_table(path).columns["b"].tolist() == [1, 2]


def test_a_column_without_any_value(write, fault_of):
    assert "is empty in row 1 (and 1 more)" in fault_of(write({"a": pa.nulls(2)}), "a")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([datetime.date(2020, 1, 1)]), "holds date32[day]; a column is of numbers"),
        (pa.array([[1, 2]]), "holds list<"),
        (pa.array([b"x"]), "holds binary"),
        (pa.array([2**63], pa.uint64()), "holds 9223372036854775808, over"),
        (pa.array([float("inf")]), "holds 'inf' in row 1; every row needs a finite number"),
        (pa.array(["x\0"]), "in row 1; every row needs text without control characters"),
    ],
    ids=str,
)
def test_what_is_no_column(write, fault_of, array, message):
    assert message in fault_of(write({"a": array}), "a")


def test_rows_of_several_groups_stay_in_order(write):
    labels = [f"g{number % 7}" for number in range(100)]
    path = write({"a": list(range(100)), "g": labels}, row_group_size=9)
    found = read_table(path).columns
    assert (found["a"].tolist(), found["g"].tolist()) == (list(range(100)), labels)


def test_no_rows(write):
    found = read_table(write({"a": pa.array([], pa.int64()), "g": pa.array([], pa.string())}))
    assert [array.shape for array in found.columns.values()] == [(0,), (0,)]


def test_names_of_rows_are_a_column_and_their_numbers_are_none(tmp_path):
    frame = pd.DataFrame({"a": [1, 2]}, index=[5, 7])
    frame.to_parquet(tmp_path / "numbers.parquet")
    frame.rename_axis("town").to_parquet(tmp_path / "names.parquet")
    assert list(read_table(tmp_path / "numbers.parquet").columns) == ["a"]
    assert list(read_table(tmp_path / "names.parquet").columns) == ["a", "town"]


def test_a_name_that_stands_twice(write, fault_of):
    path = write(pa.table([[1], [2], [3]], names=["a", "a", "b"]))
    assert read_table(path).columns["b"].tolist() == [3]
    assert "FILE has 2 columns 'a'" in fault_of(path, "a")


@pytest.mark.parametrize("keep", [4, 50, -8])
def test_a_damaged_file(write, fault_of, keep):
    path = write({"a": [1, 2]})
    path.write_bytes(path.read_bytes()[:keep])
    assert fault_of(path).startswith("FILE is no Parquet file that can be read (")


def test_equal_values_in_many_rows_are_counted(write, fault_of, monkeypatch):
    path = write({"a": [1] * 100_000})
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(parquet, "MOST_BYTES", 100_000)
    assert "MiB in memory, over the" in fault_of(path)


def test_a_long_text_in_every_row_is_kept_once(write):
    found = read_table(write({"a": ["x" * 10_000] * 1000})).columns["a"]
    assert len({id(one) for one in found}) == 1
