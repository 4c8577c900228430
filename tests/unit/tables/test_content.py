import hashlib
from pathlib import Path

import pytest

from hierbench.errors import DataError
from hierbench.tables import content
from hierbench.tables.content import read_content
from tests.unit.tables.written import piped


def fault_of(path):
    with pytest.raises(DataError) as caught:
        read_content(Path(path))
    return str(caught.value).replace(str(path), "FILE")


def test_bytes_and_their_hash(write_file):
    found = read_content(write_file(b"\0\xff\r\n"))
    assert found.data == b"\0\xff\r\n"
    assert found.sha256 == hashlib.sha256(found.data).hexdigest()


def test_missing_file():
    assert fault_of("nowhere.csv") == (
        "FILE does not exist; give the path of a table: CSV, Parquet, JSON or netCDF"
    )


def test_directory(tmp_path):
    assert fault_of(tmp_path) == (
        "FILE is a directory; give the path of a table: CSV, Parquet, JSON or netCDF in it"
    )


def test_path_through_a_file(write_file):
    assert "cannot be read (Not a directory);" in fault_of(write_file("a\n") / "deeper.csv")


def test_path_with_a_nul():
    assert "cannot be read (" in fault_of("a\0b")


def test_a_file_that_is_too_large_is_not_read(write_file, monkeypatch):
    monkeypatch.setattr(content, "MOST_BYTES", 3)
    monkeypatch.setattr(content, "bounded", None)
    assert fault_of(write_file("a\n1\n")).startswith("FILE has more than 0 MiB, the most that a")


def test_a_pipe_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(content, "MOST_BYTES", 3)
    with piped("a\n1\n") as path:
        assert fault_of(path).startswith("FILE has more than 0 MiB")


def test_a_file_is_read_again_and_a_pipe_is_not(write_file):
    assert read_content(write_file("a\n1\n")).data == b"a\n1\n"
    assert read_content(write_file("a\n2\n")).data == b"a\n2\n"
    with piped("a\n1\n") as path:
        assert read_content(Path(path)) is read_content(Path(path))
