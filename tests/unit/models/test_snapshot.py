"""A model's file and its local modules are read once, and written out for a sweep."""

import re
import stat

import pytest

from hierbench.errors import ConfigError
from hierbench.models import snapshot as module
from hierbench.models.snapshot import held_snapshot, latest_snapshot, snapshot_at, written_out


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder of a user's; return it."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("/init/", "/__init__")
            path = path.with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path

    return write


def test_local_modules_come_along_and_others_do_not(folder):
    place = folder(
        mine="import numpy, helpers\nfrom parts import priors\nimport json\n",
        helpers="def f():\n    import deeper\n",
        deeper="x = 1",
        aside="x = 1",
        parts__priors="x = 1",
        parts__more="x = 1",
    )
    (place / "parts" / "__init__.py").write_text("")
    found = snapshot_at(place / "mine.py")
    assert next(iter(found.files)) == "mine.py"
    assert {*found.files} == {
        "mine.py",
        "helpers.py",
        "deeper.py",
        "parts/__init__.py",
        "parts/more.py",
        "parts/priors.py",
    }


def test_hashes_see_every_file(folder):
    place = folder(mine="import helpers", helpers="x = 1")
    before = snapshot_at(place / "mine.py")
    folder(helpers="x = 1  # a comment")
    comment = snapshot_at(place / "mine.py")
    folder(helpers="x = 2")
    code = snapshot_at(place / "mine.py")
    assert before.syntax_sha256 == comment.syntax_sha256 != code.syntax_sha256
    assert len({one.sha256 for one in (before, comment, code)}) == 3
    assert before.definitions["helpers.py"] != code.definitions["helpers.py"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "mine.py cannot be read (No such file or directory)"),
        ({"mine": "x ="}, "mine.py, line 1 is no Python that can be read (invalid syntax)"),
        ({"mine": "import helpers", "helpers": "("}, "helpers.py, line 1 is no Python"),
        ({"mine": "import numpy", "numpy": ""}, "numpy beside it has the name of an installed"),
        ({"mine": "import json", "json": ""}, "json beside it has the name of an installed"),
        ({"mine": "from . import helpers"}, "write the import without the dots"),
    ],
)
def test_fault_is_one_sentence(folder, files, said):
    path = folder(**files) / "mine.py"
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        snapshot_at(path)
    assert str(caught.value).startswith(f"model={path}: ")


def test_what_is_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_BYTES", 20)
    place = folder(mine="import helpers", helpers="x = 12345")
    with pytest.raises(ConfigError, match="put what is no code into a table"):
        snapshot_at(place / "mine.py")


def test_snapshot_is_made_anew_where_a_local_module_was_edited(folder):
    place = folder(mine="import helpers", helpers="x = 1")
    first = latest_snapshot(place / "mine.py")
    assert latest_snapshot(place / "mine.py") is first
    folder(helpers="x = 22")
    second = latest_snapshot(place / "mine.py")
    assert second is not first
    assert second.files["helpers.py"] == b"x = 22"


def test_copy_holds_what_was_read_whatever_was_edited_since(folder, tmp_path):
    place = folder(mine="import helpers", helpers="x = 1")
    found = latest_snapshot(place / "mine.py")
    folder(helpers="x = 2")
    copy = written_out(held_snapshot(found.source), tmp_path / "sweep" / "models" / "a")
    assert copy.sha256 == found.sha256
    assert snapshot_at(tmp_path / "sweep" / "models" / "a" / "mine.py").sha256 == found.sha256
    for one in (tmp_path / "sweep" / "models", tmp_path / "sweep" / "models" / "a"):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_edited_source_that_was_not_read_here_is_refused(folder):
    place = folder(mine="x = 1")
    source = snapshot_at(place / "mine.py").source
    folder(mine="x = 2")
    with pytest.raises(ConfigError, match="edited after the cells were planned"):
        held_snapshot(source)
