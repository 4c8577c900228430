"""The verb data check, on tables of every kind."""

import json

import pytest

from hierbench.cli import main
from tests.unit.tables.written import WRITERS, as_csv, as_parquet, piped

COLUMNS = {
    "zip": ["01067", "98178", "01067", "98178"],
    "area": [1, 2, 3, 5],
    "price": [1.5, 2.5, 2.0, 4.0],
}
KEYS = ["data.group=zip", "data.x=area", "data.y=price"]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_holds_the_same(kind, tmp_path, capsys):
    path = WRITERS[kind](tmp_path / f"homes.{kind}", COLUMNS)
    assert main(["data", "check", str(path), *KEYS, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["groups"], found["warnings"]) == (4, 2, [])


def test_a_pipe_is_a_table(tmp_path, capsys):
    with piped(as_csv(tmp_path / "homes.csv", COLUMNS).read_text()) as path:
        assert main(["data", "check", path, *KEYS]) == 0
    assert "rows: 4" in capsys.readouterr().out


def test_labels_that_look_alike_are_pointed_out(tmp_path, capsys):
    path = as_csv(tmp_path / "homes.csv", COLUMNS | {"zip": ["Ulm", "Ulm", "ulm ", "ulm "]})
    assert main(["data", "check", str(path), *KEYS]) == 0
    assert "groups: 'Ulm', 'ulm ' differ by blanks or case alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"price": [1.5, None, 2.0, 4.0]}, "column 'price' holds 'nan' in row 2"),
        ({"zip": ["a", "b", None, "b"]}, "column 'zip' is empty in row 3"),
        ({"zip": ["a", "b", "a\0c", "b"]}, "column 'zip' holds 'a\\x00c' in row 3"),
    ],
)
def test_a_bad_entry_is_one_sentence(tmp_path, capsys, columns, sentence):
    path = as_parquet(tmp_path / "homes.parquet", COLUMNS | columns)
    assert main(["data", "check", str(path), *KEYS]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line


def test_a_wrong_name_is_one_sentence(tmp_path, capsys):
    path = as_parquet(tmp_path / "homes.csv", COLUMNS)
    assert main(["data", "check", str(path), *KEYS]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is named as CSV and holds Parquet;" in line
