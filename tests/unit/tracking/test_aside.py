"""What is set aside is renamed and named, whole, and nothing else is touched."""

import os

import pytest

from hierbench.records import RunStatus
from hierbench.tracking import (
    LocalRun,
    NewRun,
    artifacts_of,
    ended,
    pending,
    read,
    running,
    set_bad_aside,
    tidy,
    write,
)
from hierbench.tracking.aside import set_aside
from tests.unit.tracking.test_record import BAD


def kept(folder, status=RunStatus.FINISHED):
    """Write a run that ended and waits, with one file."""
    run = write(folder, LocalRun(NewRun("cell", folder.name, "", {}, {})))
    (artifacts_of(folder) / "posterior.nc").write_text("draws")
    return run if status is RunStatus.RUNNING else ended(folder, run, status)


def spoil(folder, content=b""):
    """Write a bad record into the folder of a run with one file."""
    kept(folder)
    (folder / "record.json").write_bytes(content)


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_record_is_set_aside_with_all_that_lies_beside_it(content, tmp_path, capsys):
    spoil(tmp_path / "bad", content)
    kept(tmp_path / "good")
    [place] = set_bad_aside(tmp_path)
    assert place == tmp_path / "bad.set-aside"
    assert (place / "record.json").read_bytes() == content
    assert (artifacts_of(place) / "posterior.nc").read_text() == "draws"
    assert [folder.name for folder, _ in pending(tmp_path)] == ["good"]
    [line] = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    assert str(tmp_path / "bad" / "record.json") in line
    assert str(place) in line


def test_nothing_is_set_aside_twice(tmp_path, capsys):
    spoil(tmp_path / "bad")
    set_bad_aside(tmp_path)
    capsys.readouterr()
    assert set_bad_aside(tmp_path) == []
    assert capsys.readouterr().err == ""


def test_names_of_what_is_set_aside_are_told_apart(tmp_path):
    places = []
    for _ in range(3):
        spoil(tmp_path / "bad")
        places += set_bad_aside(tmp_path)
    assert [place.name for place in places] == [
        "bad.set-aside",
        "bad.set-aside-2",
        "bad.set-aside-3",
    ]
    assert set_bad_aside(tmp_path) == []


def test_sweep_with_a_bad_record_keeps_its_cells(tmp_path):
    spoil(tmp_path / "sweep")
    kept(tmp_path / "sweep" / "ended")
    kept(tmp_path / "sweep" / "runs", RunStatus.RUNNING)
    assert set_bad_aside(tmp_path) == [tmp_path / "sweep" / "record.json.set-aside"]
    assert [folder.name for folder, _ in pending(tmp_path)] == ["ended"]
    assert [folder.name for folder, _ in running(tmp_path)] == ["runs"]


def test_listing_passes_over_bad_records_and_renames_nothing(tmp_path):
    for number, content in enumerate(BAD.values()):
        spoil(tmp_path / str(number), content)
    before = sorted(tmp_path.rglob("*"))
    assert [*pending(tmp_path), *running(tmp_path)] == []
    tidy(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_folder_of_a_colleague_is_named_and_left(tmp_path, monkeypatch, capsys):
    spoil(tmp_path / "theirs")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hierbench.tracking.record.text_of", refuse)
    assert set_bad_aside(tmp_path) == []
    assert (tmp_path / "theirs" / "record.json").exists()
    assert "cannot be read (Permission denied)" in capsys.readouterr().err


def test_folder_that_cannot_be_renamed_is_named_and_left(tmp_path, monkeypatch, capsys):
    spoil(tmp_path / "bad")

    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    set_aside(tmp_path / "bad", "why")
    assert "why; it cannot be set aside (Read-only file system)" in capsys.readouterr().err


def test_links_are_not_walked(tmp_path):
    kept(tmp_path / "far")
    (tmp_path / "near").mkdir()
    os.symlink(tmp_path / "far", tmp_path / "near" / "link")
    os.symlink(tmp_path / "near", tmp_path / "near" / "loop")
    assert list(pending(tmp_path / "near")) == []


def test_set_aside_folder_comes_back_by_its_name(tmp_path):
    run = kept(tmp_path / "one")
    place = set_aside(tmp_path / "one", "why")
    assert list(pending(tmp_path)) == []
    place.rename(tmp_path / "one")
    assert list(pending(tmp_path)) == [(tmp_path / "one", run)]
    assert read(tmp_path / "one") == run
