import json

import pytest

from hierbench.tables import json_text, read_table

POSTERIORDB = '{"J":8,"y":[28,8,-3,7,-1,1,18,12],"sigma":[15,10,16,11,9,11,10,18]}'


def columns(write_file, content):
    text = content if isinstance(content, str) else json.dumps(content)
    return read_table(write_file(text, "table.json")).columns


def test_posteriordbs_data(write_file):
    found = columns(write_file, POSTERIORDB)
    assert (found["J"].shape, found["J"].item()) == ((), 8)
    assert found["y"].tolist() == [28, 8, -3, 7, -1, 1, 18, 12]
    assert found["sigma"].dtype == "int64"


def test_lists_of_lists_keep_their_shape(write_file):
    found = columns(write_file, {"x": [[1, 2, 3], [4, 5, 6.5]], "n": [], "m": [[], []]})
    assert found["x"].tolist() == [[1, 2, 3], [4, 5, 6.5]]
    assert found["n"].shape == (0,)
    assert found["m"].shape == (2, 0)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "int64"),
        ([1, 2.5], "float64"),
        ([True, False], "int64"),
        (["01067", "1"], "object"),
        (["NA", "null"], "object"),
        (1.5, "float64"),
        ("x", "object"),
    ],
)
def test_numbers_stay_numbers_and_text_text(write_file, values, dtype):
    found = columns(write_file, {"a": values})["a"]
    assert (found.tolist(), str(found.dtype)) == (values, dtype)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ([1, None, None], "in row 2 (and 1 more)"),
        ([1.5, None], "holds 'nan' in row 2, which counts as missing"),
        (["x", None], "is empty in row 2"),
        (["x", " "], "is empty in row 2"),
        ([[1, 2], [3, None]], "in row 2, 2"),
        ([None, None], "in row 1 (and 1 more)"),
        (None, "which counts as missing"),
    ],
)
def test_a_missing_value_is_named(write_file, fault_of, values, place):
    message = fault_of(write_file(json.dumps({"b": [1], "a": values}), "table.json"), "a")
    assert message.startswith("FILE: column 'a' ")
    assert place in message
    assert "every row needs a value; correct the row or remove it" in message


def test_a_name_that_a_record_lacks_is_missing(write_file, fault_of):
    path = write_file('[{"a": 1, "b": 2}, {"b": 3}, {"a": 4, "b": 5}]', "table.json")
    assert read_table(path).columns["b"].tolist() == [2, 3, 5]
    assert "in row 2, which counts as missing" in fault_of(path, "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[NaN, 1]", "holds 'nan' in row 1, which counts as missing"),
        ("[1, Infinity]", "holds 'inf' in row 2; every row needs a finite number"),
        ("[1, 1e400]", "holds 'inf' in row 2; every row needs a finite number"),
        ('["x", "y\\u0000"]', "in row 2; every row needs text without control characters"),
        ('["x", "\\u202e"]', "in row 2; every row needs text without control characters"),
        ('["x", "\\ud800"]', "in row 2; every row needs text without control characters"),
        ("[[1], [2, 3]]", "has lists of different lengths; fill them up to one shape"),
        ("[[1], 2]", "has lists of different lengths"),
        ('[1, 2, "3"]', 'mixes text, whole numbers, as "3" in row 3;'),
        ('["x", [1]]', "has lists of different lengths"),
        ("[true, 2]", "mixes true and false, whole numbers"),
        ('{"b": 1}', "holds objects; a column is a list of numbers or of texts"),
        ('[{"b": 1}]', "holds objects; a column is a list of numbers or of texts"),
        ("[1, 9223372036854775808]", "holds 9223372036854775808 in row 2, beyond 64 bits"),
        (f"[1.5, {'1' * 400}]", "holds a whole number over 1e308; write it as text"),
        (f"{'[' * 20}1{']' * 20}", "has over 12 dimensions"),
    ],
)
def test_a_column_that_is_no_table_is_refused_alone(write_file, fault_of, text, message):
    path = write_file(f'{{"a": {text}, "b": [1]}}', "table.json")
    assert message in fault_of(path, "a")
    assert read_table(path).columns["b"].tolist() == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [1], "a": [2]}', "FILE has 'a' twice; every name may stand once; rename one"),
        ("{}", "FILE holds an object of 0 items; a table is"),
        ("[]", "FILE holds an object of 0 items; a table is"),
        ("[1, 2]", "FILE: row 1 is 1 and no record; a table is"),
        ('{"a": [1}', "FILE is not JSON ("),
        ('{"a": ' + "[" * 100_000, "FILE is not JSON ("),
        ('{"a": ' + "1" * 5000 + "}", "FILE is not JSON ("),
    ],
)
def test_a_file_that_is_no_table(write_file, fault_of, text, message):
    assert fault_of(write_file(text, "table.json")).startswith(message)


def test_a_name_with_a_control_character(write_file, fault_of):
    path = write_file('{"a\\u0000b": [1], "b": [2]}', "table.json")
    assert read_table(path).columns["b"].tolist() == [2]
    assert "has a control character" in fault_of(path, "a\0b")


def test_too_much_json(write_file, fault_of, monkeypatch):
    monkeypatch.setattr(json_text, "MOST_BYTES", 5)
    assert "of JSON, over the" in fault_of(write_file(POSTERIORDB, "table.json"))
