"""How a store stands, without making one."""

import os
from pathlib import Path

import pytest

from hierbench.errors import StoreError
from hierbench.tracking import locate
from hierbench.tracking.probe import probe


def test_probe_of_a_store_that_answers(store):
    assert probe(store.location) == "answers"


def test_probe_of_a_store_that_does_not_exist_makes_none(tmp_path):
    location = locate(f"sqlite:///{tmp_path}/runs/mlflow.db", tmp_path)
    assert probe(location) == "does not exist yet, the first run makes it"
    assert list(tmp_path.iterdir()) == []


def test_probe_of_a_server_that_is_away():
    with pytest.raises(StoreError, match="no answer"):
        probe(locate("http://127.0.0.1:9", Path("/nowhere")))


def test_probe_of_a_file_that_is_no_database(tmp_path):
    file = tmp_path / "mlflow.db"
    file.write_text("not a database, only some words that are long enough to be read as one")
    with pytest.raises(StoreError, match="cannot be written"):
        probe(locate(f"sqlite:///{file}", tmp_path))


def test_probe_below_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(StoreError, match="is not writable"):
        probe(locate(f"sqlite:///{tmp_path}/runs/mlflow.db", tmp_path))
