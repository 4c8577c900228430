"""A file that a store names is read when it is the recorded one, or when the user says so."""

from dataclasses import replace

import pytest

from hierbench.models import recorded
from hierbench.models.homes.datasets import csv_file
from hierbench.reproduction import record

TABLE = "zip,area,price\n" + "\n".join(f"a{n % 3},{n + n % 2},{2 * n}" for n in range(30)) + "\n"


@pytest.fixture
def other(tmp_path):
    """Another table of the user's, with the same columns."""
    path = tmp_path / "salaries.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def parsed(monkeypatch):
    """Count the tables that are parsed."""
    found = []
    read = csv_file.read_table
    monkeypatch.setattr(
        csv_file, "read_table", lambda path, *of: found.append(path) or read(path, *of)
    )
    return found


def test_another_table_is_not_parsed(made, other, parsed, refused):
    made.edit_config("data", "path", str(other))
    sentence = refused(made)
    assert str(other) in sentence
    assert "--accept-data" in sentence
    assert parsed == []


def test_another_table_is_parsed_when_accepted(made, other, parsed, monkeypatch):
    made.edit_config("data", "path", str(other))
    found = record.recorded_run(made.store, made.run_id, accept_data=True)
    assert parsed == [other]
    assert any("sha256" in phrase for phrase in found.changes)


def test_the_recorded_table_is_read_without_being_asked(made, parsed):
    assert record.recorded_run(made.store, made.run_id).changes == ()
    assert len(parsed) == 1


def test_a_table_without_a_recorded_hash_is_not_parsed(made, parsed, refused, monkeypatch):
    monkeypatch.setattr(record, "file_hash", lambda *_: None)
    assert "no hash of it was recorded" in refused(made)
    assert parsed == []


def test_a_file_too_large_to_compare_is_not_parsed(made, parsed, refused, monkeypatch):
    monkeypatch.setattr(recorded, "LARGEST_HASHED", 10)
    assert "too many to compare" in refused(made)
    assert parsed == []


def test_a_table_that_changes_while_it_is_read_is_refused(made, refused, monkeypatch):
    read = csv_file.read_table
    monkeypatch.setattr(csv_file, "read_table", lambda *of: replace(read(*of), sha256="0" * 64))
    assert "it was altered while it was read" in refused(made)


def test_env_recorded_checks_the_table_first(made, other, refused, monkeypatch):
    from hierbench.cli import reproducing

    monkeypatch.setattr(reproducing, "recorded_commit", lambda *_: "0" * 40)
    made.edit_config("data", "path", str(other))
    assert "--accept-data" in refused(made, "--env", "recorded")
