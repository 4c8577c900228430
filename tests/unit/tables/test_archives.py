import gzip
import io
import zipfile

import pytest

from hierbench.tables import archives, content, read_table

TEXT = '{"y": [1, 2]}'


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_one_file(write_file, method):
    path = write_file(zipped(("folder/", ""), ("folder/y.json", TEXT), method=method), "y.json.zip")
    assert read_table(path).columns["y"].tolist() == [1, 2]


def test_csv_in_archives(write_file):
    for name, data in (
        ("y.csv.gz", gzip.compress(b"y\n1\n")),
        ("y.zip", zipped(("y.csv", "y\n1"))),
    ):
        assert read_table(write_file(data, name)).columns["y"].tolist() == [1]


@pytest.mark.parametrize("members", [(), (("a.json", TEXT), ("b.json", TEXT))])
def test_a_zip_of_another_number_of_files(write_file, fault_of, members):
    assert fault_of(write_file(zipped(*members), "y.json.zip")).startswith(
        f"FILE is a zip archive of {len(members)} files; a table's archive holds exactly one;"
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_a_bound_are_refused(write_file, fault_of, method):
    path = write_file(zipped(("y.json", TEXT), method=method), "y.json.zip")
    assert "is not compressed by the usual method" in fault_of(path)


@pytest.mark.parametrize("inner", [zipped(("y.json", TEXT)), gzip.compress(TEXT.encode())])
def test_an_archive_in_an_archive(write_file, fault_of, inner):
    assert "is an archive in an archive" in fault_of(write_file(zipped(("y.zip", inner)), "y.zip"))


@pytest.fixture
def small(monkeypatch):
    for module in (archives, content):
        monkeypatch.setattr(module, "MOST_BYTES", 10_000)
    monkeypatch.setattr(content, "CHUNK", 1000)


@pytest.mark.parametrize("make", [gzip.compress, lambda data: zipped(("y.json", data))])
def test_a_bomb_is_refused(write_file, fault_of, small, make):
    path = write_file(make(b" " * 1_000_000), "y.json.zip")
    assert path.stat().st_size < 10_000
    assert "unpacks to more than" in fault_of(path)


def test_a_bomb_that_declares_less_is_refused(write_file, fault_of, small):
    data = zipped(("y.json", b" " * 1_000_000))
    declared = (1_000_000).to_bytes(4, "little")
    assert data.count(declared) == 2
    path = write_file(data.replace(declared, (500).to_bytes(4, "little")), "y.json.zip")
    assert fault_of(path).startswith("FILE is a damaged archive (")


@pytest.mark.parametrize("data", [zipped(("y.json", TEXT)), gzip.compress(TEXT.encode())])
def test_a_damaged_archive(write_file, fault_of, data):
    assert "is a damaged archive" in fault_of(write_file(data[:-12], "y.json.zip"))


def test_a_password(write_file, fault_of):
    data = bytearray(zipped(("y.json", TEXT)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert fault_of(write_file(bytes(data), "y.json.zip")) == (
        "FILE has a password; unpack it first"
    )
