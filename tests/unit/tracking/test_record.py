"""A record that is not whole is told from one that is not there, and never followed anywhere."""

import json
import os
from dataclasses import asdict

import pytest

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import BadRecord, LocalRun, NewRun, read, write
from hierbench.tracking import record as records

RUN = LocalRun(NewRun("cell", "one", "note", {"cell_key": "k"}, {"seed": "1"}))


def changed(**values):
    """Return the text of a record with other values; `new` is merged."""
    content = {**asdict(RUN), **values}
    content["new"] = {**asdict(RUN.new), **values.get("new", {})}
    return json.dumps(content).encode()


WHOLE = changed()
BAD = {
    "empty": b"",
    "half": WHOLE[: len(WHOLE) // 2],
    "binary": bytes(range(256)),
    "list": b"[]",
    "null": b"null",
    "number": b"1",
    "deep": b"[" * 100_000,
    "no keys": b"{}",
    "no run": json.dumps({"send_id": "a"}).encode(),
    "run is text": json.dumps({"new": "cell"}).encode(),
    "newer": changed(colour="red"),
    "newer run": changed(new={"colour": "red"}),
    "status": changed(status="ASLEEP"),
    "status is a list": changed(status=["RUNNING"]),
    "metrics": changed(metrics={"r_hat_max": "1.0"}),
    "tags": changed(tags=["gate"]),
    "params": changed(new={"params": {"seed": 1}}),
    "sent": changed(sent="no"),
    "run id": changed(run_id=7),
    "ended": changed(ended_ms="yesterday"),
    "started": changed(new={"started_ms": -1}),
    "contract": changed(new={"schema": "3"}),
    "huge": changed(ended_ms=10**30),
    "query": changed(send_id="' or 1=1 --"),
    "escape": changed(**{"\x1b[31m": 1}),
}
"""Records that `write` does not write."""


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_record_is_one_printable_line(content, tmp_path):
    (tmp_path / "record.json").write_bytes(content)
    with pytest.raises(BadRecord) as caught:
        read(tmp_path)
    assert str(caught.value).isprintable()
    assert str(tmp_path) in str(caught.value)


def directory(file):
    file.mkdir()


def loop(file):
    file.symlink_to(file)


def pipe(file):
    os.mkfifo(file)


def link(file):
    file.symlink_to("/dev/zero")


def sparse(file):
    with file.open("wb") as out:
        out.truncate(2**40)


@pytest.mark.parametrize("make", [directory, loop, pipe, link, sparse])
def test_record_that_is_no_file_is_not_read(make, tmp_path):
    make(tmp_path / "record.json")
    with pytest.raises(BadRecord):
        read(tmp_path)


def test_record_that_cannot_be_read_is_not_bad(tmp_path, monkeypatch):
    write(tmp_path, RUN)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(records.Path, "read_text", refuse)
    with pytest.raises(StoreError, match="cannot be read") as caught:
        read(tmp_path)
    assert not isinstance(caught.value, BadRecord)


def test_no_record_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "file")


def test_record_without_what_was_added_later_is_read(tmp_path):
    content = json.loads(WHOLE)
    kept = {name: content[name] for name in ("new", "send_id")}
    (tmp_path / "record.json").write_text(json.dumps(kept))
    assert read(tmp_path) == LocalRun(RUN.new, RUN.send_id, RunStatus.RUNNING)


def test_record_from_before_there_was_a_second_contract_is_of_the_first(tmp_path):
    content = json.loads(WHOLE)
    del content["new"]["schema"]
    (tmp_path / "record.json").write_text(json.dumps(content))
    assert read(tmp_path).new.schema == "1"
    assert RUN.new.schema == "2"


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_record_that_cannot_be_written_leaves_the_last_one(step, tmp_path, monkeypatch):
    write(tmp_path, RUN)

    def full(self, *_, **__):
        if step == "write_bytes":
            self.touch()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(records.Path, step, full)
        with pytest.raises(OSError, match="No space"):
            write(tmp_path, LocalRun(RUN.new, status=RunStatus.FAILED))
    assert read(tmp_path) == RUN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artifacts", "record.json"]
