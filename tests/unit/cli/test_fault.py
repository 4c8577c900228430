"""An unforeseen error is one line, a file of the user's alone, and exit code 70."""

import re
import stat
import tempfile
from pathlib import Path

import pytest

from hierbench import cli
from hierbench.cli import main
from hierbench.errors import HierbenchError

SECRET = "tremendous"


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Give each test its working folder and its temporary files."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "env-word")


@pytest.fixture
def fails(monkeypatch, capsys):
    """Return a function from a command line to what is said when its verb has a fault."""

    def called(*words, error):
        def verb(_):
            raise error

        module = type("Module", (), dict.fromkeys(cli.VERBS, staticmethod(verb)))
        monkeypatch.setattr(cli, "imported", lambda _: module)
        code = main(words)
        out, err = capsys.readouterr()
        assert out == ""
        return code, err

    return called


def report_in(err):
    """Return the file that a line names."""
    found = re.search(r"its traceback is in (.*); please report", err)
    assert found is not None, err
    return Path(found[1])


def test_a_fault_is_one_line_and_a_file_and_exit_code_70(fails):
    code, err = fails("status", error=ZeroDivisionError("by\nzero"))
    assert code == 70
    assert err.count("\n") == 1
    assert err.startswith("hierbench: an error of hierbench's own (ZeroDivisionError: by);")
    file = report_in(err)
    assert file.parent == Path(tempfile.gettempdir())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.splitlines()[1] == "hierbench status"
    assert "Traceback (most recent call last)" in text
    assert "ZeroDivisionError: by\nzero" in text


def test_a_wrong_input_is_no_fault(fails):
    code, err = fails("status", error=HierbenchError("no"))
    assert (code, err) == (2, "hierbench: no\n")


def test_a_fault_of_a_writing_verb_is_kept_with_the_store(fails, tmp_path):
    sweeps = tmp_path / "elsewhere" / "sweeps"
    sweeps.mkdir(parents=True)
    words = ("sync", "--store", f"sqlite:///{tmp_path}/elsewhere/mlflow.db")
    assert report_in(fails(*words, error=KeyError("x"))[1]).parent == sweeps
    (tmp_path / "runs" / "sweeps").mkdir(parents=True)
    found = report_in(fails("sweep", "seed=1,2", "--dry-run", error=KeyError("x"))[1])
    assert found.parent == tmp_path / "runs" / "sweeps"


def test_a_fault_of_a_reading_verb_leaves_the_store_alone(fails, tmp_path):
    (tmp_path / "runs" / "sweeps").mkdir(parents=True)
    fails("status", error=KeyError("x"))
    assert list((tmp_path / "runs" / "sweeps").iterdir()) == []


def test_a_fault_keeps_passwords_to_itself(fails):
    uri = f"postgresql://me:{SECRET}@127.0.0.1:1/db"
    code, err = fails("run", f"tracking.uri={uri}", error=OSError(f"{uri} and env-word"))
    assert code == 70
    text = report_in(err).read_text()
    for hidden in (SECRET, "env-word"):
        assert hidden not in err
        assert hidden not in text
    assert "postgresql://***@127.0.0.1:1/db" in text


def test_a_fault_that_cannot_be_written_down_is_told_all_the_same(fails, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    code, err = fails("status", error=ValueError("\x1b[2J"))
    assert code == 70
    assert "its traceback could not be written" in err
    assert err.removesuffix("\n").isprintable()
