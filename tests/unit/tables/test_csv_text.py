import pytest

from hierbench.tables import read_table
from hierbench.tables.entries import MISSING


def column(path, name="a"):
    return read_table(path).columns[name]


@pytest.mark.parametrize("zero", ["01067", "-01", "+00", "00", "007.5"])
def test_a_column_with_a_leading_zero_is_text(write_file, zero):
    path = write_file(f"a,b\n1,1\n{zero},2\n")
    assert column(path).tolist() == ["1", zero]
    assert column(path, "b").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cells", "values", "dtype"),
    [
        (["0", "-0", "+5"], [0, 0, 5], "int64"),
        (["0.5", "-0.25"], [0.5, -0.25], "float64"),
        (["1", "1e3"], [1.0, 1000.0], "float64"),
        ([" 1", "2 "], [1, 2], "int64"),
        (["9223372036854775807", "1"], [2**63 - 1, 1], "int64"),
        (["9223372036854775808", "1"], ["9223372036854775808", "1"], "object"),
        (["1" * 5000, "1"], ["1" * 5000, "1"], "object"),
        (["True", "False"], ["True", "False"], "object"),
        (["1_000", "2"], ["1_000", "2"], "object"),
        (["0x1F", "2"], ["0x1F", "2"], "object"),
    ],
)
def test_what_a_column_is_read_as(write_file, cells, values, dtype):
    found = column(write_file("\n".join(["a,b", *(f"{cell},x" for cell in cells)])))
    assert (found.tolist(), str(found.dtype)) == (values, dtype)


@pytest.mark.parametrize("word", sorted(MISSING - {""}))
@pytest.mark.parametrize("other", ["1.5", "north"])
def test_a_missing_value_is_named(write_file, fault_of, word, other):
    assert fault_of(write_file(f"a,b\n{other},x\n{word},x\n"), "a") == (
        f"FILE: column 'a' holds '{word}' in line 3, which counts as missing; every row needs a "
        "value; correct the row or remove it"
    )


def test_missing_words_are_those_of_pandas():
    from pandas._libs.parsers import STR_NA_VALUES

    assert MISSING == STR_NA_VALUES


@pytest.mark.parametrize("cell", ["", "   "])
def test_an_empty_cell_is_named(write_file, fault_of, cell):
    path = write_file(f"a,b\n1,x\n{cell},x\n2,x\n,x\n")
    assert "column 'a' is empty in line 3 (and 1 more); every row needs" in fault_of(path, "a")


@pytest.mark.parametrize("cell", ["inf", "-inf", "Infinity", "1e400"])
def test_an_infinite_number_is_named(write_file, fault_of, cell):
    message = fault_of(write_file(f"a\n1\n{cell}\n"), "a")
    assert message.startswith(
        f"FILE: column 'a' holds '{cell}' in line 3; every row needs a finite"
    )


@pytest.mark.parametrize("character", ["\0", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u202e"])
def test_a_control_character_is_named(write_file, fault_of, character):
    assert "in line 3; every row needs text without control characters" in fault_of(
        write_file(f"a\nx\ny{character}z\n"), "a"
    )


def test_a_line_break_in_a_label_is_named(write_file, fault_of):
    assert "in line 3; every row needs text" in fault_of(write_file('a\nx\n"y\nz"\n'), "a")


def test_a_control_character_in_a_name_spoils_its_column_alone(write_file, fault_of):
    path = write_file('a,"b\nc"\n1,2\n')
    assert column(path).tolist() == [1]
    assert "the name of column 2, 'b\nc', has a control character;" in fault_of(path, "b\nc")


def test_a_nul_in_a_name_is_not_csv(write_file, fault_of):
    assert fault_of(write_file("a\0,b\n1,2\n")) == (
        "FILE is not CSV text (NUL bytes); save the table as UTF-8 CSV"
    )


@pytest.mark.parametrize("header", ["a, b, c", "a,  b,c", "a , b,\tc", '"a", "b", "c"'])
def test_blanks_after_commas_are_dropped(write_file, header):
    path = write_file(f'{header}\n1, "x, y", north east\n2, z , w\n')
    table = read_table(path)
    assert list(table.columns) == ["a", "b", "c"]
    assert table.columns["a"].tolist() == [1, 2]
    assert table.columns["b"].tolist() == ["x, y", "z "]
    assert table.columns["c"].tolist() == ["north east", "w"]
    assert table.notes == (f"{path}: blanks after commas were dropped",)


def test_blanks_of_labels_stay_where_the_header_has_none(write_file):
    table = read_table(write_file("a,b\n x, 1\n"))
    assert (table.columns["a"].tolist(), table.columns["b"].tolist()) == ([" x"], [1])
    assert table.notes == ()


def test_a_name_that_stands_twice_spoils_its_column_alone(write_file, fault_of):
    path = write_file("a,b,a\n1,2,3\n")
    assert column(path, "b").tolist() == [2]
    assert fault_of(path, "a") == (
        "FILE has 2 columns 'a'; every name may stand once; rename or remove one of them"
    )


def test_a_column_without_a_name_is_left_out(write_file):
    path = write_file(",a\n0,5\n1,6\n")
    table = read_table(path)
    assert list(table.columns) == ["a"]
    assert table.notes == (f"{path}: a column without a name was left out",)


def test_rows_are_counted_in_lines_of_the_file(write_file, fault_of):
    assert "in line 5;" in fault_of(write_file('n,a\n"two\nlines",1\n\nx,\n'), "a")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(write_file, end):
    assert column(write_file(end.join(["a,b", "1,2", "3,4"]))).tolist() == [1, 3]


def test_byte_order_mark_is_no_part_of_a_name(write_file):
    assert column(write_file("a,b\n1,2\n".encode("utf-8-sig"))).tolist() == [1]


@pytest.mark.parametrize("content", ["", "\n", "\n\n"])
def test_empty_file(write_file, fault_of, content):
    assert fault_of(write_file(content)) == (
        "FILE is empty; a table is a header line and rows; choose another file"
    )


def test_header_only(write_file, fault_of):
    assert fault_of(write_file("a,b\n")) == (
        "FILE has a header and no rows; a table needs both; add rows"
    )


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\xff", "a,b\n".encode("utf-16-le"), "ä,b\n1,2".encode("latin-1")],
)
def test_what_is_no_utf8_text(write_file, fault_of, content):
    assert fault_of(write_file(content)).startswith("FILE is not CSV text (")


def test_open_quote(write_file, fault_of):
    assert fault_of(write_file('a,b\n"1,2\n')).startswith("FILE is not CSV text (")


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_row_of_another_length_is_named(write_file, fault_of, row):
    message = fault_of(write_file(f"a,b\n1,2\n{row}\n"))
    assert f"line 3 has {row.count(',') + 1} cells and the header has 2;" in message


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_than_commas(write_file, mark):
    from hierbench.errors import DataError

    table = read_table(write_file(f"a{mark}b\n1{mark}2\n"))
    with pytest.raises(DataError, match=r"; save the table with commas between its columns$"):
        table.text("a")
