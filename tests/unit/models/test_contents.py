"""A model's file is read without importing it, and its faults are one sentence each."""

import re
from pathlib import Path

import pytest

from hierbench.errors import ConfigError
from hierbench.models import eight_schools
from hierbench.models.contents import contents_of

TEXT = Path(eight_schools.__file__).read_text("utf-8")


@pytest.fixture
def file(tmp_path):
    """Write a model's file; return its path."""

    def write(text):
        path = tmp_path / "mine.py"
        path.write_text(text, "utf-8")
        return path

    return write


def test_contents_are_what_the_module_has(file):
    found = contents_of(file(TEXT))
    assert found.prior == eight_schools.PRIOR
    assert found.estimands == eight_schools.ESTIMANDS
    assert found.necks == eight_schools.NECKS
    assert found.forms == tuple(eight_schools.FORMS)
    assert found.completed == tuple(eight_schools.COMPLETE)
    assert found.not_uniform == eight_schools.NOT_UNIFORM
    assert found.summary.startswith("Eight schools (Rubin 1981)")


def test_nothing_is_executed(file, tmp_path):
    mark = tmp_path / "ran"
    contents_of(file(f"open({str(mark)!r}, 'w').close()\n{TEXT}"))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import pymc as pm", "import pymc as pm  # a comment\n\n"),
        ('"""Eight schools (Rubin 1981)', '"""Schools'),
        ('    """Draw the schools\' effects from their Normal."""\n', ""),
    ],
)
def test_source_hash_passes_over_words(file, old, new):
    assert old in TEXT
    changed = contents_of(file(TEXT.replace(old, new)))
    assert changed.source_sha256 == contents_of(file(TEXT)).source_sha256


@pytest.mark.parametrize(("old", "new"), [("tau**2", "tau**3"), ('"mu": 5.0', '"mu": 5.5')])
def test_source_hash_sees_code(file, old, new):
    changed = contents_of(file(TEXT.replace(old, new)))
    assert changed.source_sha256 != contents_of(file(TEXT)).source_sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("PRIOR = {", "PRIORS = {", "it has no PRIOR; `hierbench model new` shows one"),
        ('"tau": 5.0}', '"scale": 5.0}', "PRIOR has 'scale', which is a key of prior itself"),
        ('"effects": (', '"the effects": (', "'the effects', which is no identifier"),
        ("FORMS = {", "FORMS = dict() or {", "FORMS is no mapping of names to functions"),
        ('NECKS = ("tau",)', "NECKS = tuple(PRIOR)", "NECKS is no literal"),
        ("import math", "import math:", "not a Python file that can be read"),
    ],
)
def test_fault_is_one_sentence(file, old, new, said):
    assert old in TEXT
    path = file(TEXT.replace(old, new, 1))
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        contents_of(path)
    assert str(caught.value).startswith(f"model={path}: ")
