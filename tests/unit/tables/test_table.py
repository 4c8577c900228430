import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hierbench.errors import DataError
from hierbench.tables import read_table
from hierbench.tables.kinds import Kind
from hierbench.tables.labels import UNUSABLE
from tests.unit.tables.written import WRITERS, as_csv, as_records, piped

PLAIN = {"school": ["A", "B"], "y": [28, 8], "sigma": [15.5, 10.25]}


def readable(text):
    """Whether a text is a label in every format: CSV has words for what is missing."""
    return text.strip() and not UNUSABLE.search(text)


LABELS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(readable)
NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False)
COUNTS = st.integers(-(2**63), 2**63 - 1)


@st.composite
def plain_columns(draw):
    rows = draw(st.integers(1, 5))
    return {
        "label": [f"x {one}" for one in draw(st.lists(LABELS, min_size=rows, max_size=rows))],
        "number": draw(st.lists(NUMBERS, min_size=rows, max_size=rows)),
        "count": draw(st.lists(COUNTS, min_size=rows, max_size=rows)),
    }


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=25, deadline=None)
@given(columns=plain_columns())
@example(columns={"label": ['x",\u00a0'], "number": [0.1], "count": [-(2**63)]})
def test_a_table_reads_back_as_it_was_written(kind, columns):
    with tempfile.TemporaryDirectory() as folder:
        path = WRITERS[kind](Path(folder) / f"table.{kind}", columns)
        found = read_table(path).columns
        assert list(found) == list(columns)
        assert found["label"].tolist() == columns["label"]
        # CSV has whole numbers for whole floats.
        assert found["number"].astype(float).tolist() == [float(one) for one in columns["number"]]
        assert found["count"].tolist() == columns["count"]
        assert found["count"].dtype == np.int64


@pytest.mark.parametrize("kind", WRITERS)
def test_columns_are_64_bits_wide_or_text(kind, tmp_path):
    found = read_table(WRITERS[kind](tmp_path / f"table.{kind}", PLAIN)).columns
    assert {name: str(array.dtype) for name, array in found.items()} == {
        "school": "object",
        "y": "int64",
        "sigma": "float64",
    }


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind != "nc"])
def test_a_name_that_ends_in_nothing_known_is_read_by_content(kind, tmp_path):
    path = WRITERS[kind](tmp_path / f"table.{kind}", PLAIN)
    assert list(read_table(path.rename(tmp_path / "table")).columns) == list(PLAIN)


def test_records_are_columns(tmp_path):
    found = read_table(as_records(tmp_path / "table.json", PLAIN)).columns
    assert {name: array.tolist() for name, array in found.items()} == PLAIN


@pytest.mark.parametrize("kind", WRITERS)
def test_the_hash_is_of_the_bytes_of_the_file(kind, tmp_path):
    path = WRITERS[kind](tmp_path / f"table.{kind}", PLAIN)
    assert read_table(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("text", "kind"), [("school,y\nA,1\n", Kind.CSV), ('{"school": ["A"], "y": [1]}', Kind.JSON)]
)
def test_a_pipe_is_read_once(text, kind):
    with piped(text) as path:
        found = [read_table(path) for _ in range(2)]
    assert [table.kind for table in found] == [kind, kind]
    assert found[0].sha256 == found[1].sha256
    assert found[1].columns["y"].tolist() == [1]


def test_two_pipes_are_two_tables():
    found = []
    for number in (1, 2):
        with piped(f"y\n{number}\n") as path:
            found += read_table(path).columns["y"].tolist()
    assert found == [1, 2]


def test_a_missing_value_is_refused_where_it_is_used(write_file, fault_of):
    path = write_file("y,note\n1,\n2,b\n")
    assert read_table(path).columns["y"].tolist() == [1, 2]
    assert fault_of(path, "note") == (
        "FILE: column 'note' is empty in line 2; every row needs a value; correct the row or "
        "remove it"
    )


def test_only_keeps_the_columns_that_are_named(tmp_path):
    for kind in ("csv", "parquet"):
        table = read_table(WRITERS[kind](tmp_path / f"table.{kind}", PLAIN), ["y"])
        assert list(table.columns) == ["y"]
        assert table.names == tuple(PLAIN)


def test_an_unknown_column_lists_the_known_ones(tmp_path):
    columns = read_table(as_csv(tmp_path / "table.csv", PLAIN)).columns
    with pytest.raises(
        DataError, match=r"no column 'z'; its columns are school, y, sigma; correct"
    ):
        columns["z"]
    assert "z" not in columns
    assert columns.get("z") is None
    assert columns.get("y").tolist() == [28, 8]
    assert len(columns) == 3


def test_a_change_of_an_array_stays_with_its_owner(tmp_path):
    columns = read_table(as_csv(tmp_path / "table.csv", PLAIN)).columns
    columns["y"][:] = 0
    assert columns["y"].tolist() == [28, 8]


def test_labels_that_look_alike_are_pointed_out(write_file):
    path = write_file("town,y\nUlm,1\nulm ,2\nBonn,3\n")
    table = read_table(path)
    assert table.warnings == ()
    assert table.columns["town"].tolist() == ["Ulm", "ulm ", "Bonn"]
    assert table.warnings == (
        f"{path}: column 'town': 'Ulm', 'ulm ' differ by blanks or case alone and count as "
        "different labels; write them alike if they are one",
    )


def test_a_cell_that_makes_numbers_text_is_pointed_out(write_file):
    path = write_file("zip,area\n01067,1\n98178,12 m2\n10115,3\n")
    table = read_table(path)
    assert table.columns["zip"].tolist() == ["01067", "98178", "10115"]
    assert table.columns["area"].tolist() == ["1", "12 m2", "3"]
    assert table.warnings == (
        f"{path}: column 'zip' is text, because it holds '01067' in line 2; 3 of its 3 cells are "
        "numbers",
        f"{path}: column 'area' is text, because it holds '12 m2' in line 3; 2 of its 3 cells "
        "are numbers",
    )


def test_numbers_text_and_cells_of_a_column(write_file):
    table = read_table(write_file("a,b,c\n007,1.50,NA\n8,2, x\n"))
    assert table.numbers("a").tolist() == [7, 8]
    assert table.text("b").tolist() == ["1.50", "2"]
    assert table.cells("c").tolist() == ["NA", " x"]
    with pytest.raises(DataError, match=r"column 'c' holds 'NA' in line 2"):
        table.text("c")
    with pytest.raises(
        DataError, match=r"'8' in line 3; every row needs a finite number \(at most 7"
    ):
        table.numbers("a", largest=7)
    with pytest.raises(DataError, match=r"do this$"):
        table.numbers("z", remedy="do this")


def test_numbers_text_and_cells_of_a_column_of_json(write_file):
    table = read_table(write_file('{"a": [7, 8], "b": ["x", null], "c": [0.5, null]}', "t.json"))
    assert table.numbers("a").tolist() == [7, 8]
    assert table.text("a").tolist() == ["7", "8"]
    assert table.cells("b").tolist() == ["x", ""]
    assert table.cells("c").tolist() == ["0.5", ""]
    with pytest.raises(DataError, match=r"'x' in row 1 \(and 1 more\); every row needs a finite"):
        table.numbers("b")
    with pytest.raises(DataError, match="in row 2"):
        table.numbers("c")
