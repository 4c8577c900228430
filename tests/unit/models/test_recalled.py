"""A user's model that a store names is taken from where the user ran it, or refused."""

import json

import pytest

from hierbench.errors import ConfigError
from hierbench.models import registry
from hierbench.models.recalled import ModelRecord, model_record, recalled, remember_model
from hierbench.models.registry import has_passed, has_run, remember_passed, remembered
from hierbench.models.snapshot import snapshot_at, written_out

TEXT = "PRIOR = {'tau': 1.0}\n\n\ndef data(table):\n    return table, {}\n"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Give this user a registry of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(TEXT)
    return path


def record_of(path):
    return ModelRecord.of(json.loads(json.dumps(model_record(snapshot_at(path).source))))


def ask(record, name="mine", **where):
    return recalled(name, record, place="run 1", **where)


def test_a_model_that_was_never_run_here_is_refused_though_it_lies_here(file):
    with pytest.raises(ConfigError, match="which this user has not run on this machine"):
        ask(record_of(file))


def test_a_model_that_was_run_here_is_found_where_it_lies(file):
    remember_model(snapshot_at(file).source)
    assert ask(record_of(file)) == str(file)


def test_a_comment_changes_nothing(file):
    record = record_of(file)
    remember_model(snapshot_at(file).source)
    file.write_text(f"# said\n{TEXT}")
    assert ask(record) == str(file)


def test_an_edit_names_the_file_and_what_changed(file):
    record = record_of(file)
    remember_model(snapshot_at(file).source)
    file.write_text(f"{TEXT.replace('1.0', '2.0')}\n\ndef more(): ...\n")
    with pytest.raises(
        ConfigError, match=r"mine.py has changed since \(PRIOR, more\); put the old"
    ):
        ask(record)


def test_a_file_that_is_gone_is_one_sentence(file):
    record = record_of(file)
    remember_model(snapshot_at(file).source)
    file.unlink()
    with pytest.raises(ConfigError, match=r"mine.py is gone; put it back, or give it with --model"):
        ask(record)


def test_the_file_that_the_user_names_is_taken(file, tmp_path):
    record = record_of(file)
    moved = file.rename(tmp_path / "other.py")
    assert ask(record, typed=moved) == str(moved)
    moved.write_text("x = 1")
    with pytest.raises(ConfigError, match="has changed since"):
        ask(record, typed=moved)


def test_a_sweeps_copy_is_taken_where_the_user_has_run_its_bytes(file, tmp_path):
    record, source = record_of(file), snapshot_at(file).source
    copy = tmp_path / "sweep" / "mine.py"
    written_out(snapshot_at(file), copy.parent)
    with pytest.raises(ConfigError, match="has not run on this machine"):
        ask(record, copy=copy)
    remember_model(source)
    file.write_text("x = 1")
    assert ask(record, copy=copy) == str(copy)
    copy.write_text("x = 1")
    with pytest.raises(ConfigError, match="has changed since"):
        ask(record, copy=copy)


@pytest.mark.parametrize("name", ["/home/me/mine.py", "mine.py", "../mine", "homes.py"])
def test_a_path_in_a_store_is_never_opened(file, name):
    remember_model(snapshot_at(file).source)
    with pytest.raises(ConfigError, match="nothing of it was run"):
        ask(record_of(file), name=name)


def test_a_name_without_a_record_is_refused():
    with pytest.raises(ConfigError, match="keeps no record of its file"):
        ask(None)


def test_shipped_models_need_no_record():
    assert ask(None, name="homes") == "homes"


@pytest.mark.parametrize(
    "content",
    [None, [], {"name": "a"}, {"name": 1, "sha256": "", "syntax_sha256": ""}],
)
def test_what_is_no_record_is_none(content):
    assert ModelRecord.of(content) is None


@pytest.mark.parametrize("digest", ["", "../../x", "0" * 63, "G" * 64])
def test_only_hashes_are_looked_up(digest):
    assert remembered(digest) is None


def test_a_registry_that_others_can_write_is_not_read(file):
    source = snapshot_at(file).source
    remember_model(source)
    assert has_run(source.sha256)
    registry.registry_folder().chmod(0o777)
    assert not has_run(source.sha256)


def test_a_damaged_entry_is_none(file):
    source = snapshot_at(file).source
    remember_model(source)
    for entry in registry.registry_folder().iterdir():
        entry.write_text("{}")
    assert remembered(source.sha256) is None


def test_passed_checks_are_remembered(file):
    key = "a" * 64
    assert not has_passed(key)
    remember_passed(key)
    assert has_passed(key)
    assert not has_passed("b" * 64)
